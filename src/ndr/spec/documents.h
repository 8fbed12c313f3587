// SPDX-License-Identifier: Apache-2.0
// Whole documents, as the description says: complete ones, their schemas, their words and their differences.
#pragma once

#include <arrow/result.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ndr/spec/description.h"

namespace ndr::spec {

/// Which document: a job's, or project_parameters.
using DocumentKind = std::optional<Job>;
/// All six, project_parameters first.
std::vector<DocumentKind> DocumentKinds();
std::string_view NameOf(DocumentKind kind);
/// Invalid names the nearest.
arrow::Result<DocumentKind> FindDocumentKind(const std::string& job_name);

/// One document and its description bound to it. A job's holds the keys of `spec` and those of `project` that
/// the job may override.
class Document {
 public:
  explicit Document(DocumentKind kind, Project project = DefaultProject());
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  /// Reads over what is there. An error begins with `origin` and tells all problems.
  arrow::Status Read(const Json& json, std::string_view origin, std::vector<std::string>* warnings = nullptr);

  JobSpec spec;
  Project project;
  Keys keys;
};

/// A document of project_parameters over the default, checked.
arrow::Result<Project> ReadProject(const Json& json, std::string_view origin,
                                   std::vector<std::string>* warnings = nullptr);
/// The project that a document makes of `base`; what `spec put` and `validate` refuse is an error: the
/// document, read over it, is no valid one.
arrow::Result<Project> CheckDocument(DocumentKind kind, const Json& json, std::string_view origin,
                                     const Project& base = DefaultProject(),
                                     std::vector<std::string>* warnings = nullptr);

/// project_parameters with every key of the project, and the jobs' documents with their inputs and outputs,
/// each key with its default. A key stands in one document, so that a change of the project's is not undone
/// by a job's.
std::vector<std::pair<DocumentKind, Json>> InitDocuments(const std::string& project_name,
                                                         const std::string& version);

/// Where schemas lie in a folder of specs, whose documents are `<project>/<version>/<job>.json`.
inline constexpr std::string_view kSchemaFolder = "schemas";
/// `fg_b_builder.schema.json`
std::string SchemaFile(DocumentKind kind);
/// JSON Schema, draft 2020-12.
Json JsonSchemaOf(DocumentKind kind);
/// docs/job-spec.md.
std::string JobSpecMarkdown();
/// Everything about one key or group, in words; Invalid names the nearest key.
arrow::Result<std::string> ExplainKey(const std::string& path);

struct Difference {
  std::string path;
  /// Canonical JSON; nullopt: the job's document leaves the key to the project.
  std::optional<std::string> before, after;
};
/// Keys whose values differ, names aside; a key that is left out has its default.
arrow::Result<std::vector<Difference>> Diff(DocumentKind kind, const Json& before, const Json& after);
/// The same of two whole configurations.
std::vector<Difference> Diff(const Project& before, const Project& after);

}  // namespace ndr::spec
