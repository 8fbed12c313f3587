// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "ndr/base/exit_code.h"
#include "spec_verbs.h"

namespace ndr::app {
namespace {

using arrow::Status;
using spec::SpecKey;

// The key that flags and body name together.
arrow::Result<SpecKey> KeyOf(const SpecFlags& flags, const SpecFile& file) {
  const auto named = [&](const char* name, const std::string& flag) {
    const bool own =
        flag.empty() && file.body.is_object() && file.body.contains(name) && file.body[name].is_string();
    return own ? file.body[name].get<std::string>() : flag;
  };
  SpecKey key{named("project_name", flags.project), std::string(NameOf(file.kind)),
              named("feature_spec_version", flags.version)};
  if (key.project.empty() || key.version.empty())
    return base::UsageError(flags.file + " names no " +
                            (key.project.empty() ? "project_name" : "feature_spec_version") + "; give " +
                            (key.project.empty() ? "--project-name" : "--feature-spec-version"));
  ARROW_RETURN_NOT_OK(spec::CheckKey(key));
  for (const auto& [name, value] :
       {std::pair("project_name", key.project), std::pair("feature_spec_version", key.version)})
    if (file.body.is_object() && file.body.contains(name) && file.body[name] != value)
      return base::UsageError(fmt::format("{}: {} is {}, and the flag says '{}'", flags.file, name,
                                          file.body[name].dump(), value));
  return key;
}

// New parameters must suit the job specs that stand over them.
Status CheckJobsOver(spec::SpecStore* store, SpecKey key, const spec::Json& parameters) {
  ARROW_ASSIGN_OR_RAISE(const spec::Project project, spec::ReadProject(parameters, key.project));
  for (const spec::DocumentKind kind : spec::DocumentKinds()) {
    if (!kind) continue;
    key.job = NameOf(kind);
    ARROW_ASSIGN_OR_RAISE(const auto body, store->Get(key));
    const std::string origin = "with these parameters " + key.project + "/" + SortKey(key);
    const Status checked = body ? spec::CheckDocument(kind, *body, origin, project).status() : Status::OK();
    if (!checked.ok()) return base::UsageError(checked.message());
  }
  return Status::OK();
}

Status Put(const SpecFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const SpecFile file, ReadSpecFile(flags.file, flags.job));
  ARROW_ASSIGN_OR_RAISE(const SpecKey key, KeyOf(flags, file));
  ARROW_ASSIGN_OR_RAISE(const auto store, OpenStore(flags.store.options));
  ARROW_RETURN_NOT_OK(CheckInStore(store.get(), key, file.body).status());
  if (!file.kind) ARROW_RETURN_NOT_OK(CheckJobsOver(store.get(), key, file.body));
  ARROW_RETURN_NOT_OK(store->Put(key, file.body, flags.replace));
  fmt::print("{}/{} is in {}\n", key.project, SortKey(key), store->name());
  return Status::OK();
}

Status GetSpec(const SpecFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const auto store, OpenStore(flags.store.options));
  ARROW_ASSIGN_OR_RAISE(const spec::Json body,
                        LoadJobSpec(store.get(), {flags.project, flags.job, flags.version}));
  std::fputs((body.dump(2) + "\n").c_str(), stdout);
  return Status::OK();
}

Status ListSpecs(const SpecFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const auto store, OpenStore(flags.store.options));
  ARROW_ASSIGN_OR_RAISE(const auto keys, store->List(flags.project));
  for (const SpecKey& key : keys) fmt::print("{}\t{}\t{}\n", key.project, key.version, key.job);
  if (keys.empty())
    fmt::print(stderr, "{} holds no specs{}; 'ndr spec init' makes a first set\n", store->name(),
               flags.project.empty() ? "" : " of " + flags.project);
  return Status::OK();
}

}  // namespace

void AddSpecStoring(CLI::App* spec, Action* action) {
  auto flags = std::make_shared<SpecFlags>();
  CLI::App* put = AddSpecVerb(spec, "put",
                              "Check a document and keep it.\n"
                              "Example: ndr spec put specs/acme/v1/fg_b_builder.json",
                              flags, action, &Put);
  put->add_option("file", flags->file, "The document (JSON)")->required()->check(CLI::ExistingFile);
  flags->AddNames(put, false);
  put->add_option("--job", flags->job,
                  "The job, where the document has no job_name, e.g. --job fg_b_builder");
  flags->AddReplace(put);

  CLI::App* get =
      AddSpecVerb(spec, "get",
                  "Print a document.\n"
                  "Example: ndr spec get --project-name acme --feature-spec-version v1 --job fg_b_builder",
                  flags, action, &GetSpec);
  flags->AddNames(get, true);
  get->add_option("--job", flags->job, "project_parameters or a job, e.g. --job delta_builder")->required();

  CLI::App* list = AddSpecVerb(spec, "list",
                               "One line a document: project, version, job.\n"
                               "Example: ndr spec list --project-name acme",
                               flags, action, &ListSpecs);
  list->add_option("--project-name", flags->project, "Of one project only");
}

}  // namespace ndr::app
