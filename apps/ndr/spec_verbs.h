// SPDX-License-Identifier: Apache-2.0
// The verbs below `ndr spec`, by what they do.
#pragma once

#include <arrow/result.h>

#include <memory>
#include <string>
#include <vector>

#include "flags.h"
#include "ndr/spec/documents.h"
#include "verbs.h"

namespace ndr::app {

/// put, get, list.
void AddSpecStoring(CLI::App* spec, Action* action);
/// init, export, import.
void AddSpecFolders(CLI::App* spec, Action* action);
/// validate, diff.
void AddSpecChecking(CLI::App* spec, Action* action);
/// explain, schema, docs.
void AddSpecWords(CLI::App* spec, Action* action);

/// Flags of the verbs that keep documents.
struct SpecFlags {
  StoreFlags store;
  std::string project, version, job, file, folder;
  bool replace = false;

  void AddNames(CLI::App* verb, bool required);
  void AddReplace(CLI::App* verb);
};
CLI::App* AddSpecVerb(CLI::App* spec, const char* name, const char* about,
                      const std::shared_ptr<SpecFlags>& flags, Action* action,
                      arrow::Status (*run)(const SpecFlags&));

/// A document of a file, and what it is: its own job_name, else `job`, else project_parameters.
struct SpecFile {
  spec::DocumentKind kind;
  spec::Json body;
};
arrow::Result<SpecFile> ReadSpecFile(const std::string& path, const std::string& job);

/// The document over the project parameters that the store has of its version, where it has any.
arrow::Result<spec::Project> CheckInStore(spec::SpecStore* store, const spec::SpecKey& key,
                                          const spec::Json& body,
                                          std::vector<std::string>* warnings = nullptr);

/// The datasets below `root` that versions made under other values of the keys that differ, in words.
arrow::Result<std::string> StaleInWords(const std::string& root, const std::vector<std::string>& versions,
                                        const spec::Project& after,
                                        const std::vector<spec::Difference>& differences);
/// The datasets below `root` of the project's version that it would not make today as they are, with the keys
/// that changed, in words.
arrow::Result<std::string> StaleNow(const std::string& root, const spec::Project& project);

}  // namespace ndr::app
