// SPDX-License-Identifier: Apache-2.0
// What executes a step: the command line's own parser and runner, which the application hands in.
#pragma once

#include <arrow/status.h>

#include <string>
#include <vector>

namespace ndr::pipeline {

/// A command line without the program's name: {"delta", "--root", "out"}.
using Arguments = std::vector<std::string>;

class Commands {
 public:
  virtual ~Commands() = default;
  /// Whether the command takes these arguments: the usage error that it would give itself. Runs nothing.
  virtual arrow::Status Parse(const Arguments& arguments) const = 0;
  /// Parses and runs in this process. The status carries the exit code (base/exit_code.h). Called from
  /// several threads at a time.
  virtual arrow::Status Execute(const Arguments& arguments) const = 0;
};

}  // namespace ndr::pipeline
