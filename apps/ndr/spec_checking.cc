// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include "ndr/base/exit_code.h"
#include "spec_verbs.h"
#include "terminal.h"

namespace ndr::app {
namespace {

using arrow::Status;
using spec::Difference;
using spec::SpecKey;

struct CheckingFlags {
  StoreFlags store;
  std::string project, version, job, before, after, root;
  std::vector<std::string> files;
  bool lenient = false;
};

// Prints one line a document, after its warnings; true where it is valid.
bool PrintChecked(const std::string& origin, const arrow::Result<spec::Project>& checked,
                  std::vector<std::string> warnings) {
  const std::string unseen = checked.ok() ? spec::NoFindingWindow(*checked) : "";
  if (!unseen.empty()) warnings.push_back(origin + ": " + unseen);
  for (const std::string& warning : warnings) Say(stdout, "warning: {}\n", warning);
  if (checked.ok())
    Say(stdout, "valid: {}\n", origin);
  else
    Say(stdout, "not valid: {}\n", checked.status().message());
  return checked.ok();
}

// Projects of the parameters among the files, by project and version: what the job specs beside them stand
// over.
std::map<std::string, spec::Project> ProjectsOf(const std::vector<std::string>& paths) {
  std::map<std::string, spec::Project> projects;
  for (const std::string& path : paths) {
    const auto file = ReadSpecFile(path, "");
    if (!file.ok() || file->kind) continue;
    if (auto project = spec::ReadProject(file->body, path); project.ok())
      projects[project->project_name + "/" + project->feature_spec_version] = std::move(*project);
  }
  return projects;
}

arrow::Result<spec::Project> CheckFile(const std::string& path, const CheckingFlags& flags,
                                       const std::map<std::string, spec::Project>& projects,
                                       std::vector<std::string>* warnings) {
  ARROW_ASSIGN_OR_RAISE(const SpecFile file, ReadSpecFile(path, flags.job));
  const auto text = [&](const char* name) {
    const bool named = file.body.is_object() && file.body.contains(name) && file.body[name].is_string();
    return named ? file.body[name].get<std::string>() : "";
  };
  const auto over = projects.find(text("project_name") + "/" + text("feature_spec_version"));
  const bool is_over = file.kind && over != projects.end();
  return spec::CheckDocument(file.kind, file.body, path, is_over ? over->second : spec::DefaultProject(),
                             warnings);
}

arrow::Result<int> ValidateFiles(const CheckingFlags& flags) {
  const auto projects = ProjectsOf(flags.files);
  int wrong = 0;
  for (const std::string& path : flags.files) {
    std::vector<std::string> warnings;
    const auto checked = CheckFile(path, flags, projects, flags.lenient ? &warnings : nullptr);
    wrong += !PrintChecked(path, checked, warnings);
  }
  return wrong;
}

// Jobs of the versions that have no document; a version without parameters can run none.
int PrintMissing(const std::vector<SpecKey>& keys) {
  std::map<std::pair<std::string, std::string>, std::set<std::string>> there;
  for (const SpecKey& key : keys) there[{key.project, key.version}].insert(key.job);
  int wrong = 0;
  for (const auto& [names, jobs] : there) {
    std::vector<std::string_view> missing;
    for (const spec::DocumentKind kind : spec::DocumentKinds())
      if (!jobs.contains(std::string(NameOf(kind)))) missing.push_back(NameOf(kind));
    wrong += !jobs.contains(std::string(spec::kProjectParameters));
    if (!missing.empty())
      Say(stdout,
          "missing: {} {} has no {}; 'ndr spec init --project-name {} --feature-spec-version {}' adds {}\n",
          names.first, names.second, fmt::join(missing, ", "), names.first, names.second,
          missing.size() == 1 ? "it" : "them");
  }
  return wrong;
}

arrow::Result<int> ValidateStore(const CheckingFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const auto store, OpenStore(flags.store.options));
  ARROW_ASSIGN_OR_RAISE(auto keys, store->List(flags.project));
  std::erase_if(keys, [&](const SpecKey& key) {
    return (!flags.version.empty() && key.version != flags.version) ||
           (!flags.job.empty() && key.job != flags.job);
  });
  // What is missing says what there is.
  if (keys.empty() && !flags.project.empty() && !flags.version.empty())
    return LoadJobSpec(store.get(),
                       {flags.project, flags.job.empty() ? std::string(spec::kProjectParameters) : flags.job,
                        flags.version})
        .status();
  if (keys.empty())
    return base::UsageError(store->name() +
                            " holds no such specs; 'ndr spec list' shows those it has, and 'ndr spec "
                            "init' makes a first set");
  int wrong = 0;
  for (const SpecKey& key : keys) {
    std::vector<std::string> warnings;
    const auto body = LoadJobSpec(store.get(), key);
    const auto checked = body.ok()
                             ? CheckInStore(store.get(), key, *body, flags.lenient ? &warnings : nullptr)
                             : arrow::Result<spec::Project>(body.status());
    wrong += !PrintChecked(key.project + "/" + SortKey(key), checked, warnings);
  }
  if (flags.job.empty()) wrong += PrintMissing(keys);
  return wrong;
}

Status ValidateSpecs(const CheckingFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const int wrong, flags.files.empty() ? ValidateStore(flags) : ValidateFiles(flags));
  if (wrong == 0) return Status::OK();
  return base::UsageError(
      fmt::format("{} of the documents {} not valid; 'ndr spec explain KEY' says what a key takes", wrong,
                  wrong == 1 ? "is" : "are"));
}

// What a diff found: keys by document, and the project as it would be.
struct Found {
  std::vector<std::pair<std::string, Difference>> keys;
  spec::Project after;
  std::vector<Difference> acting;
  std::vector<std::string> versions;
};

Status OfDocuments(spec::DocumentKind kind, const spec::Json& before, const spec::Json& after, Found* found) {
  auto differences = spec::Diff(kind, before, after);
  if (!differences.ok()) return base::UsageError(differences.status().message());
  for (Difference& d : *differences) found->keys.emplace_back(NameOf(kind), std::move(d));
  return Status::OK();
}

arrow::Result<Found> DiffFiles(const CheckingFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const SpecFile before, ReadSpecFile(flags.before, flags.job));
  ARROW_ASSIGN_OR_RAISE(const SpecFile after, ReadSpecFile(flags.after, flags.job));
  if (before.kind != after.kind)
    return base::UsageError(fmt::format("{} is a spec of {}, {} one of {}", flags.before, NameOf(before.kind),
                                        flags.after, NameOf(after.kind)));
  Found found;
  ARROW_RETURN_NOT_OK(OfDocuments(before.kind, before.body, after.body, &found));
  spec::Document a(before.kind), b(after.kind);
  ARROW_RETURN_NOT_OK(a.Read(before.body, flags.before));
  ARROW_RETURN_NOT_OK(b.Read(after.body, flags.after));
  found.acting = spec::Diff(a.project, b.project);
  found.after = b.project;
  for (const SpecFile* file : {&before, &after})
    if (const auto version = file->body.find("feature_spec_version"); version != file->body.end())
      found.versions.push_back(version->get<std::string>());
  if (found.versions.empty()) found.versions.push_back(found.after.feature_spec_version);
  return found;
}

arrow::Result<Found> DiffVersions(const CheckingFlags& flags) {
  if (flags.project.empty())
    return base::UsageError("'" + flags.before + "' and '" + flags.after +
                            "' are no two files; of two versions give --project-name too");
  ARROW_ASSIGN_OR_RAISE(const auto store, OpenStore(flags.store.options));
  Found found;
  for (const spec::DocumentKind kind : spec::DocumentKinds()) {
    const std::string job(NameOf(kind));
    if (!flags.job.empty() && flags.job != job) continue;
    ARROW_ASSIGN_OR_RAISE(const auto before, store->Get({flags.project, job, flags.before}));
    ARROW_ASSIGN_OR_RAISE(const auto after, store->Get({flags.project, job, flags.after}));
    ARROW_RETURN_NOT_OK(OfDocuments(kind, before.value_or(spec::Json::object()),
                                    after.value_or(spec::Json::object()), &found));
  }
  ARROW_ASSIGN_OR_RAISE(const spec::Project project, LoadProjectOf(store.get(), flags.project, flags.before));
  ARROW_ASSIGN_OR_RAISE(found.after, LoadProjectOf(store.get(), flags.project, flags.after));
  found.acting = spec::Diff(project, found.after);
  found.versions = {flags.before, flags.after};
  return found;
}

// The store's specs against what a root was made under: of all the versions that flags leave open.
Status DiffRoot(const CheckingFlags& flags) {
  if (flags.root.empty())
    return base::UsageError("two files or versions are missing, or --root to compare the store's specs with");
  ARROW_ASSIGN_OR_RAISE(const auto store, OpenStore(flags.store.options));
  ARROW_ASSIGN_OR_RAISE(const auto keys, store->List(flags.project));
  std::set<std::string> projects, versions;
  for (const SpecKey& key : keys) {
    if (key.job != spec::kProjectParameters) continue;
    projects.insert(key.project);
    if (flags.version.empty() || key.version == flags.version) versions.insert(key.version);
  }
  if (projects.size() > 1)
    return base::UsageError(fmt::format("{} holds the projects {}; say which with --project-name",
                                        store->name(), fmt::join(projects, ", ")));
  const std::string project = projects.empty() ? flags.project : *projects.begin();
  if (versions.empty()) versions.insert(flags.version);
  for (const std::string& version : versions) {
    ARROW_ASSIGN_OR_RAISE(const spec::Project now, LoadProjectOf(store.get(), project, version));
    ARROW_ASSIGN_OR_RAISE(const std::string stale, StaleNow(flags.root, now));
    std::fputs(stale.c_str(), stdout);
  }
  return Status::OK();
}

Status Diff(const CheckingFlags& flags) {
  if (flags.before.empty()) return DiffRoot(flags);
  if (flags.after.empty())
    return base::UsageError("'" + flags.before +
                            "' is one; name a second file or version to compare it with");
  const bool files = std::filesystem::exists(flags.before) && std::filesystem::exists(flags.after);
  ARROW_ASSIGN_OR_RAISE(const Found found, files ? DiffFiles(flags) : DiffVersions(flags));
  for (const auto& [job, d] : found.keys)
    Say(stdout, "{} {}: {} -> {}\n", job, d.path, d.before.value_or("(the project's)"),
        d.after.value_or("(the project's)"));
  if (found.keys.empty()) Say(stdout, "no key differs\n");
  if (flags.root.empty()) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const std::string stale,
                        StaleInWords(flags.root, found.versions, found.after, found.acting));
  std::fputs(stale.c_str(), stdout);
  return Status::OK();
}

}  // namespace

void AddSpecChecking(CLI::App* spec, Action* action) {
  auto flags = std::make_shared<CheckingFlags>();
  CLI::App* validate =
      spec->add_subcommand("validate",
                           "Check documents: of files, or of the store.\n"
                           "Examples:\n"
                           "  ndr spec validate specs/acme/v1/*.json\n"
                           "  ndr spec validate --project-name acme --feature-spec-version v1");
  validate->add_option("files", flags->files, "Documents (JSON); none: those of the store")
      ->check(CLI::ExistingFile);
  validate->add_flag("--lenient", flags->lenient, "Warn of unknown keys, in place of refusing them");
  CLI::App* diff = spec->add_subcommand(
      "diff",
      "Name the keys that differ between two files, or two versions of a project, and with "
      "--root the datasets there that become stale; with --root alone those that were made under other keys "
      "than the store has now.\n"
      "Examples:\n"
      "  ndr spec diff old.json new.json\n"
      "  ndr spec diff v1 v2 --project-name acme --root out\n"
      "  ndr spec diff --project-name acme --feature-spec-version v1 --root out");
  diff->add_option("before", flags->before, "A file or a version");
  diff->add_option("after", flags->after, "Another");
  diff->add_option("--root", flags->root, "Datasets to compare with, e.g. --root out")->check(ExistingRoot);
  for (CLI::App* verb : {validate, diff}) {
    flags->store.Add(verb);
    verb->add_option("--project-name", flags->project, "The project, e.g. --project-name acme");
    verb->add_option("--feature-spec-version", flags->version,
                     "Of one version only, e.g. --feature-spec-version v1");
    verb->add_option("--job", flags->job, "Of one document only, e.g. --job fg_b_builder");
  }
  validate->callback([flags, action] { *action = [flags] { return ValidateSpecs(*flags); }; });
  diff->callback([flags, action] { *action = [flags] { return Diff(*flags); }; });
}

}  // namespace ndr::app
