// SPDX-License-Identifier: Apache-2.0
// What every step of a pipeline gets beside its own arguments.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace ndr::app {

/// Where the job specs are, and --replace.
struct StepFlags {
  std::string project, spec_store, table_name, sort_attribute;
  bool replace = false;

  void Add(CLI::App* verb);
  /// As the jobs' own flags.
  std::vector<std::string> Arguments() const;
};

}  // namespace ndr::app
