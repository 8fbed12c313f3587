// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "features_verbs.h"
#include "ndr/base/exit_code.h"
#include "ndr/disk/files.h"
#include "ndr/feature_store/feast.h"
#include "ndr/feature_store/group_json.h"
#include "ndr/feature_store/ingest.h"
#include "ndr/spec/job_spec.h"
#include "ndr/storage/object_store.h"

namespace ndr::app {
namespace {

using arrow::Status;

struct GroupFlags {
  FeatureFlags features;
  std::string format = "json", role, root, out;
};

// The horizons that the root has; none there: the project's.
arrow::Result<std::vector<std::string>> HorizonsOf(const std::string& root, const spec::Project& project) {
  constexpr std::string_view kPart = "baseline_horizon=";
  ARROW_ASSIGN_OR_RAISE(const auto store, storage::OpenStore(root));
  ARROW_ASSIGN_OR_RAISE(const auto names,
                        store->Names("fg_c/host/feature_spec_version=" + project.feature_spec_version));
  std::vector<std::string> horizons;
  for (const std::string& name : names)
    if (name.starts_with(kPart)) horizons.push_back(name.substr(kPart.size()));
  if (horizons.empty())
    for (const spec::Horizon& h : project.horizons.empty() ? spec::DefaultHorizons() : project.horizons)
      horizons.push_back(h.label);
  std::sort(horizons.begin(), horizons.end());
  return horizons;
}

Status WriteFeast(const GroupFlags& flags, const spec::Context& context,
                  const std::vector<feature_store::Group>& groups) {
  if (flags.out.empty() || flags.root.empty())
    return base::UsageError("a Feast repository needs --out, its folder, and --root, that of the datasets");
  ARROW_RETURN_NOT_OK(storage::CheckOnDisk("--out", flags.out));
  feature_store::FeastOptions options;
  const spec::Project& project = context.project;
  options.project = project.project_name + "_" + project.feature_spec_version;
  options.version = project.feature_spec_version;
  options.root = storage::IsRemote(flags.root)
                     ? flags.root
                     : std::filesystem::absolute(flags.root).lexically_normal().string();
  ARROW_ASSIGN_OR_RAISE(options.horizons, HorizonsOf(flags.root, project));
  ARROW_RETURN_NOT_OK(disk::MakeFolders(flags.out));
  for (const auto& [name, text] : feature_store::FeastRepository(groups, options))
    ARROW_RETURN_NOT_OK(disk::WriteFile(flags.out + "/" + name, text));
  return Status::OK();
}

Status PrintGroups(const GroupFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const auto datasets, flags.features.Datasets(feature_store::GroupedDatasets()));
  std::vector<feature_store::Group> all;
  std::string text;
  ServedProject served;
  for (const catalogue::Dataset dataset : datasets) {
    ARROW_ASSIGN_OR_RAISE(served, flags.features.Load(dataset));
    ARROW_ASSIGN_OR_RAISE(const auto parts,
                          feature_store::ChosenGroups(*served.context, served.settings, {dataset}));
    if (flags.format == "sql") text += feature_store::JoinView(parts);
    if (flags.format == "json")
      for (const feature_store::Group& group : parts)
        text += feature_store::CreateCall(group, served.settings, flags.role) + "\n";
    all.insert(all.end(), parts.begin(), parts.end());
  }
  if (flags.format == "feast") return WriteFeast(flags, *served.context, all);
  std::fputs(text.c_str(), stdout);
  return Status::OK();
}

}  // namespace

void FeatureFlags::Add(CLI::App* verb) {
  project.AddWithStore(verb);
  verb->add_option("--dataset", datasets, "fg_a, fg_a_wide or fg_c, again for more");
}

arrow::Result<ServedProject> FeatureFlags::Load(catalogue::Dataset dataset) const {
  ServedProject served;
  ARROW_ASSIGN_OR_RAISE(spec::Project loaded, project.Load());
  spec::JobSpec job;
  if (project.file.empty() && !project.project_name.empty()) {
    ARROW_ASSIGN_OR_RAISE(const auto store, spec::OpenStore(project.store.options));
    const bool judged = dataset == catalogue::Dataset::kFgCHost;
    ARROW_ASSIGN_OR_RAISE(const spec::LoadedJob of_job,
                          spec::LoadJob(store.get(), judged ? spec::Job::kFgC : spec::Job::kFgA,
                                        loaded.project_name, loaded.feature_spec_version));
    job = of_job.spec;
  }
  served.settings = spec::FeatureGroupsOf(job, loaded);
  ARROW_ASSIGN_OR_RAISE(served.context, spec::MakeContext(std::move(loaded)));
  return served;
}

arrow::Result<std::vector<catalogue::Dataset>> FeatureFlags::Datasets(
    const std::vector<catalogue::Dataset>& by_default) const {
  std::vector<catalogue::Dataset> found;
  for (const std::string& name : datasets) {
    ARROW_ASSIGN_OR_RAISE(const catalogue::Dataset dataset, feature_store::FindGrouped(name));
    if (std::find(found.begin(), found.end(), dataset) == found.end()) found.push_back(dataset);
  }
  return found.empty() ? by_default : found;
}

void AddFeatureGroups(CLI::App* features, Action* action) {
  auto flags = std::make_shared<GroupFlags>();
  CLI::App* verb = features->add_subcommand("groups",
                                            "Print the feature groups that follow from the catalogue.\n"
                                            "Examples:\n"
                                            "  ndr features groups --dataset fg_a | jq .FeatureGroupName\n"
                                            "  ndr features groups --project project.json --role-arn "
                                            "arn:aws:iam::123456789012:role/features > calls");
  flags->features.Add(verb);
  verb->add_option(
          "--format", flags->format,
          "json: one CreateFeatureGroup call a line; sql: views that join the parts of large datasets; "
          "feast: a Feast repository over the datasets of --root, in the folder --out")
      ->capture_default_str()
      ->check(CLI::IsMember({"json", "sql", "feast"}));
  verb->add_option("--root", flags->root, "feast: folder of the datasets, e.g. out");
  verb->add_option("--out", flags->out, "feast: folder of the repository, e.g. feast");
  verb->add_option("--role-arn", flags->role, "Role with which SageMaker writes its offline store");
  verb->callback([flags, action] { *action = [flags] { return PrintGroups(*flags); }; });
}

void AddFeatures(CLI::App* app, Action* action) {
  CLI::App* features = app->add_subcommand(
      "features",
      "Serve features: groups, the newest records online, all of them offline, and what was known when.\n"
      "Examples:\n"
      "  ndr features ingest --root out\n"
      "  ndr features get --root out --host 10.1.2.3");
  features->require_subcommand(1);
  AddFeatureGroups(features, action);
  AddFeaturesIngest(features, action);
  AddFeaturesOnline(features, action);
  AddFeaturesOffline(features, action);
}

}  // namespace ndr::app
