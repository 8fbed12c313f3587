// SPDX-License-Identifier: Apache-2.0
// ndr features ingest --online sagemaker, status --remote.
#include "features_sagemaker.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <set>

#include "ndr/base/exit_code.h"
#include "ndr/feature_store/open_online.h"
#include "ndr/feature_store/record_json.h"
#include "ndr/storage/object_store.h"
#include "stop_request.h"

namespace ndr::app {

using arrow::Status;

void SageMakerFlags::Add(CLI::App* ingest) {
  ingest
      ->add_option("--online", online,
                   "embedded or sagemaker (default: feature_groups.online.kind of the project)")
      ->check(CLI::IsMember({"embedded", "sagemaker"}));
  ingest->add_option("--ledger", ledger,
                     "sagemaker: file of what was settled, so that a stopped ingestion goes on (default: "
                     "_features/sagemaker.ledger below the root)");
  ingest->add_option("--dead-letters", dead_letters,
                     "sagemaker: file of the records that were refused, with their reasons (default: "
                     "_features/sagemaker-dead-letters.jsonl below the root)");
  ingest
      ->add_option("--features", features,
                   "sagemaker: only these features, e.g. sessions_cnt,peer_ip_nunique (default: all)")
      ->delimiter(',');
  ingest->add_flag("--history", history,
                   "sagemaker: all records, the older first, not only the newest of an entity");
  ingest->add_flag("--dry-run", dry_run,
                   "sagemaker: records, requests, write units and hours; nothing is sent");
}

Status SageMakerFlags::Apply(spec::FeatureGroups* settings) const {
  if (!online.empty()) settings->sagemaker = online == "sagemaker";
  const bool any = !ledger.empty() || !dead_letters.empty() || !features.empty() || history || dry_run;
  if (settings->sagemaker || !any) return Status::OK();
  return base::UsageError(
      "--ledger, --dead-letters, --features, --history and --dry-run are of --online sagemaker, and the "
      "store "
      "is the embedded one");
}

arrow::Result<std::unique_ptr<feature_store::SageMakerStore>> SageMakerFlags::Open(
    const spec::FeatureGroups& settings, const std::string& root, const StopRequest* stop) const {
  feature_store::SageMakerOptions options = feature_store::SageMakerOptionsOf(settings, root);
  ARROW_RETURN_NOT_OK(storage::CheckOnDisk("--ledger", ledger));
  ARROW_RETURN_NOT_OK(storage::CheckOnDisk("--dead-letters", dead_letters));
  if (!ledger.empty()) options.ledger = ledger;
  if (!dead_letters.empty()) options.dead_letters = dead_letters;
  options.newest_only = !history;
  options.dry_run = dry_run;
  options.stop_signal = [stop] { return stop->signal(); };
  return feature_store::SageMakerStore::Open(options, feature_store::OutsideOf(settings));
}

Status SageMakerFlags::Ingest(const spec::FeatureGroups& settings, const std::string& root,
                              const std::function<Status(feature_store::OnlineStore*)>& hand_over) const {
  const StopRequest stop;
  ARROW_ASSIGN_OR_RAISE(const auto store, Open(settings, root, &stop));
  const Status status = hand_over(store.get());
  feature_store::IngestReport report;
  const Status finished = store->Finish(&report);
  std::fputs((dry_run ? feature_store::ToText(store->forecast()) : feature_store::ToText(report)).c_str(),
             stdout);
  return status.ok() ? finished : status;
}

Status SageMakerFlags::Choose(std::vector<feature_store::Group>* groups) const {
  if (features.empty()) return Status::OK();
  std::set<std::string> found;
  for (feature_store::Group& group : *groups)
    std::erase_if(group.features, [&](const feature_store::Feature& f) {
      const bool chosen = std::find(features.begin(), features.end(), f.name) != features.end();
      if (chosen) found.insert(f.name);
      return !chosen;
    });
  std::erase_if(*groups, [](const feature_store::Group& group) { return group.features.empty(); });
  for (const std::string& name : features)
    if (!found.contains(name))
      return base::UsageError("--features " + name + ": no group has it; `ndr features groups` lists them");
  return Status::OK();
}

Status PrintRemoteStatus(const spec::FeatureGroups& settings,
                         const std::vector<feature_store::Group>& groups) {
  std::string text = fmt::format("{:<40} {:>10}\n", "feature group", "records");
  for (const feature_store::Group& group : groups) {
    ARROW_ASSIGN_OR_RAISE(const int64_t count,
                          feature_store::CountRemote(group.name, feature_store::OutsideOf(settings)()));
    text += fmt::format("{:<40} {:>10}\n", group.name, count);
  }
  std::fputs(text.c_str(), stdout);
  return Status::OK();
}

}  // namespace ndr::app
