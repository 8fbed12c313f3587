// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/feature_step.h"

#include <fmt/format.h>

#include <chrono>

#include "ndr/feature_store/ingest.h"
#include "ndr/feature_store/offline.h"
#include "ndr/feature_store/open_online.h"

namespace ndr::jobs {
namespace {

using arrow::Status;
using base::Micros;

constexpr const char* kStep = "features";

// The moment at which records are written, which no data that is published depends on.
Micros WriteTime() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::vector<storage::CommitRecord> CommitsOf(const Published& published, Micros slice_start,
                                             const std::vector<catalogue::Dataset>& datasets) {
  std::vector<storage::CommitRecord> commits;
  for (const catalogue::Dataset dataset : datasets)
    if (const auto* found = published.Find(storage::FamilyOf(dataset), slice_start))
      commits.push_back(*found);
  return commits;
}

Status Serve(const RunState& state, const spec::FeatureGroups& settings,
             const std::vector<catalogue::Dataset>& datasets,
             const std::vector<storage::CommitRecord>& commits, feature_store::IngestReport* report) {
  ARROW_ASSIGN_OR_RAISE(const auto groups, feature_store::ChosenGroups(*state.context, settings, datasets));
  if (!settings.offline_prefix.empty()) {
    ARROW_ASSIGN_OR_RAISE(
        const auto written,
        feature_store::WriteOffline(state.root(), *state.context, settings, groups, commits, WriteTime()));
    state.report->AddBytes("offline store", written.bytes);
    state.report->counters().Add("features_offline_records", written.records);
  }
  ARROW_ASSIGN_OR_RAISE(const auto store, feature_store::OpenOnlineStore(settings, state.root()));
  const Status ingested =
      feature_store::IngestCommits(state.root(), *state.context, groups, commits, store.get());
  const Status finished = store->Finish(report);
  return ingested.ok() ? finished : ingested;
}

}  // namespace

Status ServeFeatures(const RunState& state, const spec::JobSpec& spec, Micros slice_start,
                     const std::vector<catalogue::Dataset>& datasets) {
  const spec::FeatureGroups settings = spec::FeatureGroupsOf(spec, state.context->project);
  if (!settings.enabled) return Status::OK();
  const auto commits = CommitsOf(*state.published, slice_start, datasets);
  feature_store::IngestReport served;
  Status status;
  {
    StepTimer timer(state.report, kStep);
    status = Serve(state, settings, datasets, commits, &served);
    timer.Rows(served.attempted, served.accepted);
  }
  base::Counters& counters = state.report->counters();
  counters.Add("features_attempted", served.attempted);
  counters.Add("features_accepted", served.accepted);
  counters.Add("features_retried", served.retried);
  counters.Add("features_dead_lettered", served.dead_lettered);
  if (served.requests > 0) {
    counters.Add("features_requests", served.requests);
    counters.Add("features_throttled", served.throttled);
  }
  state.report->Fact("features_p50_ms", fmt::format("{:.3f}", served.p50_millis));
  state.report->Fact("features_p99_ms", fmt::format("{:.3f}", served.p99_millis));
  if (status.ok()) return status;
  state.report->Fail(kStep, status.message());
  const std::string end = base::FormatInstant(slice_start + base::kSliceMicros);
  std::string names;
  for (const catalogue::Dataset dataset : datasets)
    names += fmt::format(" --dataset {}", feature_store::NameOf(dataset));
  // Whatever it was: the data are there, so it is neither the flags' fault nor a broken contract.
  return Status::IOError(status.message(),
                         "\nThe batch is published; its features are not all in the store. Run "
                         "the job again, or, with the same project or specs,\n  ndr features "
                         "ingest --root ",
                         state.root(), names, " --since ", end, " --until ", end);
}

}  // namespace ndr::jobs
