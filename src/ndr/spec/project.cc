// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/project.h"

#include "ndr/spec/check.h"
#include "ndr/spec/describe.h"
#include "ndr/spec/documents.h"
#include "ndr/spec/forms.h"
#include "ndr/spec/horizons.h"

namespace ndr::spec {

using arrow::Status;

void DescribeKeys(Project* out, Keys* keys) {
  keys->Add<form::SchemaLink>("$schema", &form::kNoLink, "The JSON Schema of this document, for editors.");
  keys->Add<form::Name>("project_name", &out->project_name,
                        "The project, whose versions and jobs belong together.");
  keys->Add<form::Constant>("job_name", &kProjectParameters, "The document's kind.");
  keys->Add<form::Name>("feature_spec_version", &out->feature_spec_version,
                        "The version of the features; versions never share data.");
  DescribeInput(out, keys);
  DescribeJudgement(out, keys);
  DescribeFeatureGroups(out, keys);
}

Status CheckProject(const Project& project) {
  Problems problems;
  CheckHorizons(project.horizons, &problems);
  // Windows, prefix lengths, hours: whatever the parts themselves refuse; then names of metrics and windows.
  const auto context = AssembleContext(project, 0);
  if (context.ok()) CheckNames(project, *(*context)->catalogue, &problems);
  if (!context.ok()) problems.Add(context.status().message());
  return problems.ToStatus();
}

arrow::Result<Project> LoadProject(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const Json json, ReadJsonFile(path, "project file"));
  return ReadProject(json, path);
}

}  // namespace ndr::spec
