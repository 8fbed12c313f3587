// SPDX-License-Identifier: Apache-2.0
// Where job specs are kept: one JSON document for each (project, job, version) (specification 4, Job specs).
//
//   ARROW_ASSIGN_OR_RAISE(const auto store, OpenStore({}));                       // SQLite, made on first
//   use ARROW_ASSIGN_OR_RAISE(const Json spec, LoadJobSpec(store.get(), {"acme", "delta_builder", "v1"}));
#pragma once

#include <arrow/result.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ndr/spec/json_object.h"

namespace ndr::spec {

/// What a document is found by. In DynamoDB: partition `project_name`, sort `<job>#<version>`.
struct SpecKey {
  std::string project, job, version;

  friend auto operator<=>(const SpecKey&, const SpecKey&) = default;
};

/// All three are names without `#`; a usage error says which is not.
arrow::Status CheckKey(const SpecKey& key);
/// `delta_builder#v1`
std::string SortKey(const SpecKey& key);

/// One interface over SQLite, a directory of JSON files and DynamoDB. Errors name project, job, version and
/// the store. Safe for one thread at a time.
class SpecStore {
 public:
  virtual ~SpecStore() = default;
  /// `sqlite:specs.sqlite`, `files:specs`, `dynamodb:table`: as in errors and --spec-store.
  virtual const std::string& name() const = 0;
  /// The document; nullopt where there is none. Distinct errors: an item without a body, a body of another
  /// type.
  virtual arrow::Result<std::optional<Json>> Get(const SpecKey& key) = 0;
  /// Keys of a project (empty: of all projects), sorted.
  virtual arrow::Result<std::vector<SpecKey>> List(const std::string& project) = 0;
  /// Stores the document. Where another body stands under the key: a usage error, or with `replace` in its
  /// place.
  virtual arrow::Status Put(const SpecKey& key, const Json& body, bool replace) = 0;
};

struct StoreOptions {
  /// `sqlite[:PATH]`, `files:DIR`, `dynamodb[:TABLE]`; empty: `dynamodb` where `table_name` is given, else
  /// the environment's NDR_SPEC_STORE, else `dynamodb` where a variable names a table, else `sqlite`, whose
  /// path is $XDG_DATA_HOME/ndr/specs.sqlite (~/.local/share).
  std::string store = {};
  /// Of DynamoDB: else ML_PROJECTS_PARAMETERS_TABLE_NAME, else JOB_SPEC_DDB_TABLE_NAME with a warning, else a
  /// usage error that names all three.
  std::string table_name = {};
  /// Name of DynamoDB's sort key attribute; empty: the environment's NDR_SPEC_SORT_ATTRIBUTE, else
  /// `job_name`.
  std::string sort_attribute = {};
  /// Takes a warning of one line; by default it goes to stderr.
  void (*warn)(const std::string& warning) = nullptr;
};
arrow::Result<std::unique_ptr<SpecStore>> OpenStore(const StoreOptions& options);

/// The document of a key, whose project, job and version, where it names them, must be the key's. A missing
/// item is a usage error that names project, job, version and store, what it has, and what to type.
arrow::Result<Json> LoadJobSpec(SpecStore* store, const SpecKey& key);
/// The same, where a missing item is no error: nullopt.
arrow::Result<std::optional<Json>> FindJobSpec(SpecStore* store, const SpecKey& key);
/// The same from the store that the table's name and the environment choose.
arrow::Result<Json> LoadJobSpec(const std::string& project_name, const std::string& job_name,
                                const std::string& feature_spec_version, const std::string& table_name = "");

}  // namespace ndr::spec
