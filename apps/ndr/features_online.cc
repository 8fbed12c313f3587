// SPDX-License-Identifier: Apache-2.0
// ndr features get, status: the newest records.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "features_sagemaker.h"
#include "features_verbs.h"
#include "ndr/base/address.h"
#include "ndr/base/exit_code.h"
#include "ndr/feature_store/embedded_store.h"
#include "ndr/feature_store/ingest.h"
#include "ndr/feature_store/open_online.h"
#include "ndr/feature_store/record_json.h"

namespace ndr::app {
namespace {

using arrow::Status;

struct LookupFlags : OnlineFlags {
  std::string format = "json", group;
  bool remote = false;
  std::vector<std::string> hosts;
};

// The file of a lookup.
arrow::Result<std::string> StoreFile(const LookupFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const spec::Project project, flags.features.project.Load());
  ARROW_ASSIGN_OR_RAISE(const spec::FeatureGroups settings, flags.Settings(project.feature_groups));
  return feature_store::EmbeddedStoreFile(settings, flags.root);
}

Status GetRecords(const LookupFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const std::string file, StoreFile(flags));
  ARROW_ASSIGN_OR_RAISE(const auto store, feature_store::EmbeddedStore::OpenToRead(file));
  std::string text;
  for (const std::string& host : flags.hosts) {
    const auto address = base::ParseAddress(host);
    if (!address) return base::UsageError("--host '" + host + "' is no address");
    ARROW_ASSIGN_OR_RAISE(const auto records, store->Get(base::ToText(*address), flags.group));
    if (records.empty()) std::fputs(("note: no record of " + host + "\n").c_str(), stderr);
    for (const feature_store::OnlineRecord& record : records)
      text += flags.format == "json" ? feature_store::ToJson(record) + "\n" : feature_store::ToTable(record);
  }
  std::fputs(text.c_str(), stdout);
  return Status::OK();
}

Status PrintRemote(const LookupFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const auto datasets,
                        flags.features.Datasets({catalogue::Dataset::kFgA, catalogue::Dataset::kFgCHost}));
  ServedProject served;
  std::vector<feature_store::Group> all;
  for (const catalogue::Dataset dataset : datasets) {
    ARROW_ASSIGN_OR_RAISE(served, flags.features.Load(dataset));
    ARROW_ASSIGN_OR_RAISE(const auto groups,
                          feature_store::ChosenGroups(*served.context, served.settings, {dataset}));
    all.insert(all.end(), groups.begin(), groups.end());
  }
  return PrintRemoteStatus(served.settings, all);
}

Status PrintStatus(const LookupFlags& flags) {
  if (flags.remote) return PrintRemote(flags);
  ARROW_ASSIGN_OR_RAISE(const std::string file, StoreFile(flags));
  ARROW_ASSIGN_OR_RAISE(const auto store, feature_store::EmbeddedStore::OpenToRead(file));
  ARROW_ASSIGN_OR_RAISE(const auto groups, store->Status());
  std::fputs(feature_store::ToText(groups).c_str(), stdout);
  return Status::OK();
}

CLI::App* AddOnlineVerb(CLI::App* features, const char* name, const char* about,
                        const std::shared_ptr<LookupFlags>& flags, Action* action,
                        Status (*run)(const LookupFlags&)) {
  CLI::App* verb = features->add_subcommand(name, about);
  verb->callback([flags, action, run] { *action = [flags, run] { return run(*flags); }; });
  return verb;
}

}  // namespace

void AddFeaturesOnline(CLI::App* features, Action* action) {
  auto got = std::make_shared<LookupFlags>(), status = std::make_shared<LookupFlags>();
  CLI::App* get =
      AddOnlineVerb(features, "get",
                    "Look up the newest records of hosts in the embedded store.\n"
                    "Example:\n"
                    "  ndr features get --root out --host 10.1.2.3 --host 10.1.2.4 | jq .features",
                    got, action, &GetRecords);
  got->AddStore(get);
  get->add_option("--host", got->hosts, "Address, again for more")->required();
  get->add_option("--group", got->group, "Records of one feature group only");
  get->add_option("--format", got->format, "json (one object a line) or table")
      ->capture_default_str()
      ->check(CLI::IsMember({"json", "table"}));

  CLI::App* counts = AddOnlineVerb(features, "status",
                                   "What the online store holds: records, event times, files.\n"
                                   "Examples:\n"
                                   "  ndr features status --root out\n"
                                   "  ndr features status --remote",
                                   status, action, &PrintStatus);
  status->AddStore(counts);
  counts->add_flag("--remote", status->remote, "Records of each group in SageMaker, as it lists them itself");
  counts->add_option("--dataset", status->features.datasets,
                     "With --remote: fg_a, fg_a_wide or fg_c, again for more (default: fg_a and fg_c)");
}

}  // namespace ndr::app
