// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "ndr/base/exit_code.h"
#include "spec_verbs.h"

namespace ndr::app {

void SpecFlags::AddNames(CLI::App* verb, bool required) {
  verb->add_option("--project-name", project, "The project, e.g. --project-name acme")->required(required);
  verb->add_option("--feature-spec-version", version, "The version, e.g. --feature-spec-version v1")
      ->required(required);
}

void SpecFlags::AddReplace(CLI::App* verb) {
  verb->add_flag("--replace", replace, "In the place of another body under the same version");
}

CLI::App* AddSpecVerb(CLI::App* spec, const char* name, const char* about,
                      const std::shared_ptr<SpecFlags>& flags, Action* action,
                      arrow::Status (*run)(const SpecFlags&)) {
  CLI::App* verb = spec->add_subcommand(name, about);
  flags->store.Add(verb);
  verb->callback([flags, action, run] { *action = [flags, run] { return run(*flags); }; });
  return verb;
}

arrow::Result<SpecFile> ReadSpecFile(const std::string& path, const std::string& job) {
  SpecFile file;
  auto body = spec::ReadJsonFile(path);
  if (!body.ok()) return base::UsageError(body.status().message());
  file.body = std::move(*body);
  const auto own = file.body.is_object() ? file.body.find("job_name") : file.body.end();
  const bool has_own = file.body.is_object() && own != file.body.end() && own->is_string();
  const std::string name = has_own       ? own->get<std::string>()
                           : job.empty() ? std::string(spec::kProjectParameters)
                                         : job;
  const auto kind = spec::FindDocumentKind(name);
  if (!kind.ok()) return base::UsageError(path + ": job_name: " + kind.status().message());
  if (has_own && !job.empty() && job != name)
    return base::UsageError(path + " is a spec of " + name + ", and --job says " + job);
  file.kind = *kind;
  return file;
}

arrow::Result<spec::Project> CheckInStore(spec::SpecStore* store, const spec::SpecKey& key,
                                          const spec::Json& body, std::vector<std::string>* warnings) {
  const auto kind = spec::FindDocumentKind(key.job);
  if (!kind.ok()) return base::UsageError("job '" + key.job + "': " + kind.status().message());
  spec::Project project = spec::DefaultProject();
  if (*kind) {
    ARROW_ASSIGN_OR_RAISE(const auto parameters,
                          store->Get({key.project, std::string(spec::kProjectParameters), key.version}));
    if (parameters) {
      auto read =
          spec::ReadProject(*parameters, key.project + "/" + std::string(spec::kProjectParameters), warnings);
      if (!read.ok()) return base::UsageError(read.status().message());
      project = std::move(*read);
    }
  }
  const std::string origin = key.project + "/" + spec::SortKey(key);
  auto checked = spec::CheckDocument(*kind, body, origin, project, warnings);
  return checked.ok() ? checked : base::UsageError(checked.status().message());
}

void AddSpec(CLI::App* app, Action* action) {
  CLI::App* spec =
      app->add_subcommand("spec",
                          "Job specs: what the jobs of a project and version read, write and override.\n"
                          "Examples:\n"
                          "  ndr spec init --project-name acme --feature-spec-version v1 --out specs\n"
                          "  ndr spec validate specs/acme/v1/*.json\n"
                          "  ndr spec import --from specs\n"
                          "  ndr spec diff v1 v2 --project-name acme --root out\n"
                          "  ndr spec explain capping.z_max");
  spec->require_subcommand(1);
  AddSpecFolders(spec, action);
  AddSpecStoring(spec, action);
  AddSpecChecking(spec, action);
  AddSpecWords(spec, action);
}

}  // namespace ndr::app
