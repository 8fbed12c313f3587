// SPDX-License-Identifier: Apache-2.0
// Parameters' values put into the steps' arguments.
#pragma once

#include <arrow/status.h>

#include <map>
#include <string>
#include <vector>

#include "ndr/pipeline/commands.h"
#include "ndr/pipeline/pipelines.h"

namespace ndr::pipeline {

struct Values {
  std::map<std::string, std::string> set;  ///< by parameter
  /// Log files in place of the parameter of Kind::kLogs: its flag becomes `--input` with each of them.
  std::vector<std::string> inputs;
  /// What every step gets at the end: where the specs are, `--replace`.
  std::vector<std::string> extra;
};

/// Every parameter is set and every name that is set is a parameter's; otherwise a usage error names all that
/// are unset, or the first that is unknown and the nearest known one.
arrow::Status CheckValues(const Pipeline& pipeline, const Values& values);

/// The step's command line: {"delta", "--project-name", "acme", ...}, as `--flag=value` where the value
/// begins with a dash. A parameter that is unset gives an empty value.
Arguments ArgumentsOf(const Pipeline& pipeline, const Step& step, const Values& values);

}  // namespace ndr::pipeline
