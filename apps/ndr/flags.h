// SPDX-License-Identifier: Apache-2.0
// Flags that several verbs share, and texts into values.
#pragma once

#include <arrow/result.h>

#include <optional>
#include <string>
#include <vector>

#include "ndr/base/time.h"
#include "ndr/spec/project.h"
#include "ndr/spec/store.h"

namespace CLI {
class App;
}

namespace ndr::app {

/// --project and the flags that stand above it (specification 4: flag, then project file, then default).
struct ProjectFlags {
  std::string file;
  std::string project_name, version;
  std::vector<std::string> host_networks;
  std::string timezone, source_timezone;

  void Add(CLI::App* verb);
  arrow::Result<spec::Project> Load() const;
};

/// --spec-store and --table-name: where job specs are kept.
struct StoreFlags {
  spec::StoreOptions options;

  void Add(CLI::App* verb);
};

/// `2026-03-10T14:15:00Z`; a zone is required. Empty text: none. The error names the flag.
arrow::Result<std::optional<base::Micros>> ParseInstantFlag(const char* flag, const std::string& text);
/// `512M`, `8G`, `2GiB`, plain bytes. Empty text: 0.
arrow::Result<int64_t> ParseBytesFlag(const char* flag, const std::string& text);

}  // namespace ndr::app
