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

/// A check for flags that name a root to write to: what is wrong with it, or nothing.
std::string NamedRoot(const std::string& root);
/// A check for flags that name a root to look at: what is wrong with it, or nothing. Of an S3 root nothing is
/// asked yet.
std::string ExistingRoot(const std::string& root);

/// --spec-store, --table-name and --sort-attribute: where job specs are kept.
struct StoreFlags {
  spec::StoreOptions options;

  void Add(CLI::App* verb);
};

/// --project and the flags that stand above it (specification 4: flag, then project file, then default).
struct ProjectFlags {
  std::string file;
  std::string project_name, version;
  std::vector<std::string> host_networks;
  std::string timezone, source_timezone;
  StoreFlags store;

  void Add(CLI::App* verb);
  /// The same, and without --project the store of job specs where --project-name, --spec-store or
  /// --table-name asks for it: of verbs that look at what the jobs made.
  void AddWithStore(CLI::App* verb);
  arrow::Result<spec::Project> Load() const;

 private:
  arrow::Status Check() const;
  arrow::Result<spec::Project> Base() const;

  bool takes_store_ = false;
};

/// --threads, 0 where it is left out.
void AddThreads(CLI::App* verb, int* threads);
/// `2026-03-10T14:15:00Z`; a zone is required. Empty text: none. The error names the flag.
arrow::Result<std::optional<base::Micros>> ParseInstantFlag(const char* flag, const std::string& text);
/// `512M`, `8G`, `2GiB`, plain bytes. Empty text: 0.
arrow::Result<int64_t> ParseBytesFlag(const char* flag, const std::string& text);

}  // namespace ndr::app
