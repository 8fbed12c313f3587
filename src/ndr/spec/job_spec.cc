// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/job_spec.h"

#include "ndr/base/exit_code.h"
#include "ndr/spec/documents.h"

namespace ndr::spec {

using arrow::Status;

namespace {

class Loader {
 public:
  Loader(SpecStore* store, SpecKey key, bool lenient)
      : store_(store), key_(std::move(key)), lenient_(lenient) {
    project_.project_name = key_.project;
    project_.feature_spec_version = key_.version;
  }

  // Lays a document over the project; where it may be absent and is, nothing happens.
  Status Lay(DocumentKind kind, bool required, LoadedJob* out) {
    key_.job = NameOf(kind);
    std::optional<Json> json;
    if (required) {
      ARROW_ASSIGN_OR_RAISE(json, LoadJobSpec(store_, key_));
    } else {
      ARROW_ASSIGN_OR_RAISE(json, FindJobSpec(store_, key_));
    }
    if (!json) return Status::OK();
    const std::string origin = key_.project + "/" + SortKey(key_) + " in " + store_->name();
    Document document(kind, project_);
    const Status read = document.Read(*json, origin, lenient_ ? &out->warnings : nullptr);
    if (!read.ok()) return base::UsageError(read.message());
    project_ = document.project;
    if (required && kind) out->spec = document.spec;
    stages_.emplace_back(origin, project_);
    return Status::OK();
  }

  // What holds only of all documents together; the error names the one with which it began.
  arrow::Result<Project> Take() {
    if (CheckProject(project_).ok()) return project_;
    for (const auto& [origin, project] : stages_)
      if (const Status checked = CheckProject(project); !checked.ok())
        return base::UsageError(origin + ": " + checked.message());
    return project_;
  }

 private:
  SpecStore* store_;
  SpecKey key_;
  bool lenient_;
  Project project_ = DefaultProject();
  std::vector<std::pair<std::string, Project>> stages_;
};

}  // namespace

arrow::Result<LoadedJob> LoadJob(SpecStore* store, Job job, const std::string& project_name,
                                 const std::string& feature_spec_version, bool lenient) {
  LoadedJob out;
  Loader loader(store, {project_name, "", feature_spec_version}, lenient);
  ARROW_RETURN_NOT_OK(loader.Lay({}, true, &out));
  for (const Job other : {Job::kDelta, Job::kFgB, Job::kFgC})
    ARROW_RETURN_NOT_OK(loader.Lay(other, other == job, &out));
  if (job == Job::kPairCounts || job == Job::kFgA) ARROW_RETURN_NOT_OK(loader.Lay(job, true, &out));
  ARROW_ASSIGN_OR_RAISE(out.project, loader.Take());
  out.spec.job = job;
  out.spec.project_name = project_name;
  out.spec.feature_spec_version = feature_spec_version;
  return out;
}

arrow::Result<Project> LoadProjectOf(SpecStore* store, const std::string& project_name,
                                     const std::string& feature_spec_version) {
  LoadedJob out;
  Loader loader(store, {project_name, "", feature_spec_version}, false);
  ARROW_RETURN_NOT_OK(loader.Lay({}, true, &out));
  for (const Job job : {Job::kDelta, Job::kFgB, Job::kFgC}) ARROW_RETURN_NOT_OK(loader.Lay(job, false, &out));
  return loader.Take();
}

arrow::Result<LoadedJob> JobOfProjectFile(Job job, const std::string& path) {
  auto project = LoadProject(path);
  if (!project.ok()) return base::UsageError(project.status().message());
  LoadedJob out{{job, project->project_name, project->feature_spec_version, "", ""}, *project, {}};
  return out;
}

}  // namespace ndr::spec
