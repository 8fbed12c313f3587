// SPDX-License-Identifier: Apache-2.0
// ndr features ingest: committed rows to the online store.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <limits>

#include "features_sagemaker.h"
#include "features_verbs.h"
#include "ndr/base/exit_code.h"
#include "ndr/feature_store/ingest.h"
#include "ndr/feature_store/open_online.h"
#include "ndr/feature_store/record_json.h"

namespace ndr::app {
namespace {

using arrow::Status;
using catalogue::Dataset;

struct IngestFlags : OnlineFlags {
  SageMakerFlags sagemaker;
  std::string since, until;
};

// The groups of a dataset that takes part.
struct Part {
  Dataset dataset;
  ServedProject served;
  std::vector<feature_store::Group> groups;
};

// Checked as a whole before anything is handed over; a dataset without any of --features takes no part.
arrow::Result<std::vector<Part>> PartsOf(const IngestFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const auto datasets, flags.features.Datasets({Dataset::kFgA, Dataset::kFgCHost}));
  std::vector<Part> parts;
  std::vector<feature_store::Group> chosen;
  for (const Dataset dataset : datasets) {
    Part& part = parts.emplace_back(Part{dataset, {}, {}});
    ARROW_ASSIGN_OR_RAISE(part.served, flags.features.Load(dataset));
    ARROW_ASSIGN_OR_RAISE(part.served.settings, flags.Settings(std::move(part.served.settings)));
    ARROW_RETURN_NOT_OK(flags.sagemaker.Apply(&part.served.settings));
    ARROW_ASSIGN_OR_RAISE(part.groups,
                          feature_store::ChosenGroups(*part.served.context, part.served.settings, {dataset}));
    chosen.insert(chosen.end(), part.groups.begin(), part.groups.end());
  }
  ARROW_RETURN_NOT_OK(flags.sagemaker.Choose(&chosen));
  for (Part& part : parts) {
    part.groups.clear();
    for (const feature_store::Group& group : chosen)
      if (group.dataset == part.dataset) part.groups.push_back(group);
  }
  std::erase_if(parts, [](const Part& part) { return part.groups.empty(); });
  return parts;
}

Status IngestPart(const IngestFlags& flags, const Part& part, base::Micros since, base::Micros until) {
  const auto& [dataset, served, groups] = part;
  ARROW_ASSIGN_OR_RAISE(const auto commits,
                        feature_store::CommitsBetween(flags.root, *served.context, dataset, since, until));
  if (commits.empty()) {
    std::fputs(fmt::format("note: {} has no commits of {} then\n", flags.root, feature_store::NameOf(dataset))
                   .c_str(),
               stderr);
    return Status::OK();
  }
  const auto hand_over = [&](feature_store::OnlineStore* store) {
    return feature_store::IngestCommits(flags.root, *part.served.context, part.groups, commits, store);
  };
  if (served.settings.sagemaker)
    std::fputs(fmt::format("{}\n", feature_store::NameOf(dataset)).c_str(), stdout);
  if (served.settings.sagemaker) return flags.sagemaker.Ingest(served.settings, flags.root, hand_over);
  ARROW_ASSIGN_OR_RAISE(const auto store, feature_store::OpenOnlineStore(served.settings, flags.root));
  const Status status = hand_over(store.get());
  feature_store::IngestReport report;
  const Status finished = store->Finish(&report);
  std::fputs(fmt::format("{}\n{}", feature_store::NameOf(dataset), feature_store::ToText(report)).c_str(),
             stdout);
  return status.ok() ? finished : status;
}

Status Ingest(const IngestFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const auto since, ParseInstantFlag("--since", flags.since));
  ARROW_ASSIGN_OR_RAISE(const auto until, ParseInstantFlag("--until", flags.until));
  ARROW_ASSIGN_OR_RAISE(const auto parts, PartsOf(flags));
  for (const Part& part : parts)
    ARROW_RETURN_NOT_OK(IngestPart(flags, part, since.value_or(std::numeric_limits<base::Micros>::min()),
                                   until.value_or(std::numeric_limits<base::Micros>::max())));
  return Status::OK();
}

}  // namespace

void OnlineFlags::AddStore(CLI::App* verb) {
  verb->add_option("--root", root, "Folder with the results, e.g. out");
  verb->add_option("--store", store,
                   "File of the embedded store, e.g. online.sqlite (default: feature_groups.online.store of "
                   "the project, else _features/online.sqlite below the root)");
  features.project.AddWithStore(verb);
}

arrow::Result<spec::FeatureGroups> OnlineFlags::Settings(spec::FeatureGroups settings) const {
  if (!store.empty()) settings.sagemaker = false, settings.store = store;
  if (root.empty() && settings.store.empty())
    return base::UsageError("give --root, or the file with --store");
  return settings;
}

void AddFeaturesIngest(CLI::App* features, Action* action) {
  auto flags = std::make_shared<IngestFlags>();
  CLI::App* verb = features->add_subcommand(
      "ingest",
      "Hand committed rows to the online store; what it has is passed over.\n"
      "Examples:\n"
      "  ndr features ingest --root out\n"
      "  ndr features ingest --root out --dataset fg_c --since 2026-03-10T00:00:00Z --store online.sqlite\n"
      "  ndr features ingest --root out --online sagemaker --dry-run");
  flags->AddStore(verb);
  verb->get_option("--root")->required();
  verb->add_option("--dataset", flags->features.datasets,
                   "fg_a, fg_a_wide or fg_c, again for more (default: fg_a and fg_c)");
  flags->sagemaker.Add(verb);
  verb->add_option("--since", flags->since, "Rows whose window ends at or after this time");
  verb->add_option("--until", flags->until, "Rows whose window ends at or before this time");
  verb->callback([flags, action] { *action = [flags] { return Ingest(*flags); }; });
}

}  // namespace ndr::app
