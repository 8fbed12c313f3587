// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/documents.h"

#include "ndr/catalogue/catalogue.h"
#include "ndr/spec/describe.h"

namespace ndr::spec {

using arrow::Status;

std::vector<DocumentKind> DocumentKinds() {
  return {{}, Job::kDelta, Job::kPairCounts, Job::kFgA, Job::kFgB, Job::kFgC};
}

std::string_view NameOf(DocumentKind kind) { return kind ? NameOf(*kind) : kProjectParameters; }

arrow::Result<DocumentKind> FindDocumentKind(const std::string& job_name) {
  std::vector<std::string> known;
  for (const DocumentKind kind : DocumentKinds()) {
    if (NameOf(kind) == job_name) return kind;
    known.emplace_back(NameOf(kind));
  }
  Problems problems;
  At{"", &problems}.Unknown(job_name, "job", known);
  return problems.ToStatus();
}

namespace {

// Why a job's document may not hold a key of the project's; empty: the project has no such key either.
std::string WhyNot(const std::string& name) {
  Document parameters{DocumentKind()};
  const Key* key = parameters.keys.Find(name);
  if (key == nullptr) return "";
  if (key->overridden_by)
    return "acts in " + std::string(NameOf(*key->overridden_by)) +
           ": set it in that job's spec or in project_parameters";
  return "is the project's: datasets made under different ones do not join; set it in project_parameters";
}

}  // namespace

Document::Document(DocumentKind kind, Project base) : project(std::move(base)) {
  if (!kind) {
    DescribeKeys(&project, &keys);
    return;
  }
  spec.job = *kind;
  DescribeKeys(&spec, &keys);
  Keys shared;
  DescribeKeys(&project, &shared);
  keys.Take(&shared, [kind](const Key& key) { return key.overridden_by == kind; });
  keys.ExplainUnknown(&WhyNot);
}

Status Document::Read(const Json& json, std::string_view origin, std::vector<std::string>* warnings) {
  Problems problems;
  std::vector<std::string> passed;
  keys.Read(json, {"", &problems, warnings == nullptr ? nullptr : &passed});
  for (const std::string& warning : passed) warnings->push_back(std::string(origin) + ": " + warning);
  const Status status = problems.ToStatus();
  return status.ok() ? status : status.WithMessage(origin, ": ", status.message());
}

arrow::Result<Project> ReadProject(const Json& json, std::string_view origin,
                                   std::vector<std::string>* warnings) {
  Document parameters{DocumentKind()};
  ARROW_RETURN_NOT_OK(parameters.Read(json, origin, warnings));
  const Status checked = CheckProject(parameters.project);
  if (!checked.ok()) return checked.WithMessage(origin, ": ", checked.message());
  return std::move(parameters.project);
}

arrow::Result<Project> CheckDocument(DocumentKind kind, const Json& json, std::string_view origin,
                                     const Project& base, std::vector<std::string>* warnings) {
  Document document(kind, base);
  ARROW_RETURN_NOT_OK(document.Read(json, origin, warnings));
  const Status checked = CheckProject(document.project);
  if (!checked.ok()) return checked.WithMessage(origin, ": ", checked.message());
  return std::move(document.project);
}

Status SetKeys(const Json& keys, std::string_view origin, Project* project) {
  Document document({}, *project);
  ARROW_RETURN_NOT_OK(document.Read(keys, origin));
  *project = std::move(document.project);
  return Status::OK();
}

std::vector<std::pair<DocumentKind, Json>> InitDocuments(const std::string& project_name,
                                                         const std::string& version) {
  std::vector<std::pair<DocumentKind, Json>> documents;
  for (const DocumentKind kind : DocumentKinds()) {
    Project project = DefaultProject();
    JobSpec spec{kind.value_or(Job::kDelta), project_name, version, "", ""};
    project.project_name = project_name;
    project.feature_spec_version = version;
    Keys keys;
    if (kind)
      DescribeKeys(&spec, &keys);
    else
      DescribeKeys(&project, &keys);
    Json json = {{"$schema", "../../" + std::string(kSchemaFolder) + "/" + SchemaFile(kind)}};
    json.update(keys.Write());
    documents.emplace_back(kind, std::move(json));
  }
  return documents;
}

namespace {

bool Holds(const Json& json, std::string_view path) {
  const size_t dot = path.find('.');
  const auto member = json.find(std::string(path.substr(0, dot)));
  if (member == json.end()) return false;
  return dot == std::string_view::npos || (member->is_object() && Holds(*member, path.substr(dot + 1)));
}

std::optional<std::string> ValueOf(DocumentKind kind, const Key& key, const Json& json) {
  if (kind && key.overridden_by && !Holds(json, key.path)) return std::nullopt;
  return OneLine(key.write());
}

// Names differ as they should.
bool IsOfNames(const Key& key) { return key.path == "project_name" || key.path == "feature_spec_version"; }

}  // namespace

arrow::Result<std::vector<Difference>> Diff(DocumentKind kind, const Json& before, const Json& after) {
  Document a(kind), b(kind);
  ARROW_RETURN_NOT_OK(a.Read(before, "before"));
  ARROW_RETURN_NOT_OK(b.Read(after, "after"));
  std::vector<Difference> differences;
  for (const Key* key : a.keys.Leaves()) {
    Difference d{key->path, ValueOf(kind, *key, before), ValueOf(kind, *b.keys.Find(key->path), after)};
    if (!IsOfNames(*key) && d.before != d.after) differences.push_back(std::move(d));
  }
  return differences;
}

std::vector<Difference> Diff(const Project& before, const Project& after) {
  Document a(DocumentKind(), before), b(DocumentKind(), after);
  std::vector<Difference> differences;
  for (const Key* key : a.keys.Leaves()) {
    Difference d{key->path, OneLine(key->write()), OneLine(b.keys.Find(key->path)->write())};
    if (!IsOfNames(*key) && d.before != d.after) differences.push_back(std::move(d));
  }
  return differences;
}

}  // namespace ndr::spec
