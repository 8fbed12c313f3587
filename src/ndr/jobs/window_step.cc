// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/window_step.h"

#include <algorithm>

#include "ndr/base/parallel.h"
#include "ndr/catalogue/batch.h"
#include "ndr/correlation/correlator.h"
#include "ndr/jobs/lookback_step.h"
#include "ndr/jobs/stored_history.h"
#include "ndr/windows/window_builder.h"

namespace ndr::jobs {
namespace {

using arrow::Status;
using base::kSliceMicros;
using base::Micros;
using catalogue::Dataset;
using Batch = std::shared_ptr<arrow::RecordBatch>;

// Ends are computed one after the other and published this many at a time, in parallel.
constexpr size_t kEndsPerRound = 8;

// What one end is to publish; an absent draft is current already.
struct End {
  Micros slice = 0;
  std::optional<storage::CommitRecord> fg_a, fg_c;
  Batch rows;
  base::Counters window_counters;
  int64_t hosts = 0;
  std::optional<correlation::BatchOutput> judged;
};

// Rows come by address.
arrow::Result<int64_t> CountHosts(const arrow::RecordBatch& fg_a) {
  ARROW_ASSIGN_OR_RAISE(auto hosts, catalogue::Addresses(fg_a, "host_ip"));
  return std::unique(hosts.begin(), hosts.end()) - hosts.begin();
}

class WindowStep {
 public:
  WindowStep(const RunState& run, const Walk& walk)
      : run_(run), walk_(walk), history_(run.root(), run.context, run.published), lookback_(run, walk.first_slice) {}

  arrow::Result<int64_t> Run() {
    Micros at = walk_.from;
    while (at < walk_.to && !NeedsWork(at)) at += kSliceMicros;
    Micros last = walk_.to - kSliceMicros;
    while (last >= at && !NeedsWork(last)) last -= kSliceMicros;
    if (at > last) return 0;
    ARROW_ASSIGN_OR_RAISE(builder_, windows::WindowBuilder::Make(run_.context, walk_.first_slice, &history_));
    history_.SetBatchStart(at);
    {
      StepTimer timer(run_.report, "windows");
      ARROW_RETURN_NOT_OK(builder_->Start(at));
    }
    if (walk_.reference != nullptr) {
      ARROW_ASSIGN_OR_RAISE(correlator_, correlation::Correlator::Make(run_.context, walk_.reference));
    }
    const Micros begin = at;
    int64_t computed = 0;
    while (at <= last) {
      std::vector<End> round;
      for (; at <= last && round.size() < kEndsPerRound; at += kSliceMicros) {
        ARROW_RETURN_NOT_OK(lookback_.CommitSealed(at));
        ARROW_ASSIGN_OR_RAISE(End end, Compute(at));
        if (end.fg_a || end.fg_c) round.push_back(std::move(end));
      }
      computed += static_cast<int64_t>(round.size());
      ARROW_RETURN_NOT_OK(PublishRound(&round));
      run_.Show(walk_.reference ? "judging" : "windows", (at - begin) / kSliceMicros, (last - begin) / kSliceMicros + 1);
    }
    return computed;
  }

 private:
  // The pairs that act on an end: those of its longest window and of the look-back before it.
  storage::InputEntry DeltaRange(Micros slice) const {
    const auto& windows = run_.context->catalogue->windows();
    const Micros reach = windows.back().slices * kSliceMicros + run_.context->project.lookback.days * base::kMicrosPerDay;
    return run_.published->RangeAsInput("delta", std::max(walk_.first_slice, slice + kSliceMicros - reach), slice + kSliceMicros);
  }

  storage::CommitRecord FgADraft(Micros slice) const {
    storage::CommitRecord draft = run_.published->Draft("fg_a", MiniBatchId(slice), slice);
    draft.inputs = {DeltaRange(slice)};
    draft.facts["first_slice"] = base::FormatInstant(walk_.first_slice);
    return draft;
  }
  storage::CommitRecord FgCDraft(const storage::CommitRecord& fg_a) const {
    storage::CommitRecord draft = run_.published->Draft("fg_c", fg_a.key.id, fg_a.at);
    draft.inputs = {Published::AsInput(fg_a), Published::AsInput(*walk_.reference_commit)};
    draft.reference = walk_.reference_commit->key.id;
    return draft;
  }

  bool NeedsWork(Micros slice) const {
    if (walk_.publish_fg_a && !run_.published->IsCurrent(FgADraft(slice))) return true;
    if (walk_.reference == nullptr) return false;
    const storage::CommitRecord* fg_a = run_.published->Find("fg_a", slice);
    return fg_a == nullptr || !run_.published->IsCurrent(FgCDraft(*fg_a));
  }

  arrow::Result<End> Compute(Micros slice) {
    End end;
    end.slice = slice;
    StepTimer timer(run_.report, "windows");
    ARROW_ASSIGN_OR_RAISE(const auto hosts, history_.Hosts(slice));
    ARROW_ASSIGN_OR_RAISE(const auto pairs, history_.Slice(slice));
    history_.SetBatchStart(slice);
    ARROW_RETURN_NOT_OK(builder_->Advance(slice, run_.published->Find("delta", slice) != nullptr, hosts, pairs));
    if (!NeedsWork(slice)) return end;
    ARROW_ASSIGN_OR_RAISE(end.rows, builder_->Rows(MiniBatchId(slice)));
    end.window_counters = builder_->counters();
    int64_t rows_in = 0;
    for (const auto& batch : hosts) rows_in += batch->num_rows();
    for (const auto& batch : pairs) rows_in += batch->num_rows();
    timer.Rows(rows_in, end.rows->num_rows());
    if (walk_.publish_fg_a) {
      storage::CommitRecord draft = FgADraft(slice);
      if (!run_.published->IsCurrent(draft)) end.fg_a = std::move(draft);
    }
    if (walk_.reference != nullptr) ARROW_RETURN_NOT_OK(JudgeEnd(&end));
    return end;
  }

  Status JudgeEnd(End* end) {
    StepTimer timer(run_.report, "correlation");
    ARROW_ASSIGN_OR_RAISE(end->judged, correlator_->Correlate(*end->rows, builder_->pairs()));
    timer.Rows(end->rows->num_rows() * static_cast<int64_t>(walk_.reference->horizons().size()), end->rows->num_rows());
    ARROW_ASSIGN_OR_RAISE(end->hosts, CountHosts(*end->rows));
    // Its inputs are known when FG-A is committed.
    end->fg_c.emplace();
    return Status::OK();
  }

  Status PublishRound(std::vector<End>* round) {
    StepTimer timer(run_.report, "publish");
    ARROW_RETURN_NOT_OK(base::ForEachPartition(round->size(), run_.context->threads, [&](size_t i) { return Publish(&(*round)[i]); }));
    for (const End& end : *round) {
      run_.report->counters().Add(end.window_counters);
      if (end.judged) run_.report->counters().Add(end.judged->counters);
      if (end.fg_a) run_.report->AddBytes("fg_a", run_.published->Find("fg_a", end.slice)->bytes());
      if (end.fg_c) run_.report->AddBytes("fg_c", run_.published->Find("fg_c", end.slice)->bytes());
    }
    return Status::OK();
  }

  Status Publish(End* end) {
    if (end->fg_a) {
      ARROW_ASSIGN_OR_RAISE(auto publication, run_.writer->Begin(end->fg_a->key));
      if (end->rows->num_rows() > 0) ARROW_RETURN_NOT_OK(publication->Add(run_.PlaceOf(Dataset::kFgA, end->slice), end->rows));
      end->fg_a->counters = end->window_counters;
      ARROW_ASSIGN_OR_RAISE(auto record, publication->Commit(*end->fg_a));
      run_.published->Put(std::move(record));
    }
    if (!end->fg_c) return Status::OK();
    storage::CommitRecord record = FgCDraft(*run_.published->Find("fg_a", end->slice));
    record.counters = end->judged->counters;
    record.facts["hosts"] = std::to_string(end->hosts);
    ARROW_ASSIGN_OR_RAISE(auto publication, run_.writer->Begin(record.key));
    const auto& horizons = walk_.reference->horizons();
    for (size_t h = 0; h < horizons.size(); ++h) {
      const auto& output = end->judged->horizons[h];
      if (output.host->num_rows() > 0) ARROW_RETURN_NOT_OK(publication->Add(run_.PlaceOf(Dataset::kFgCHost, end->slice, horizons[h].label()), output.host));
      if (output.pair->num_rows() > 0) ARROW_RETURN_NOT_OK(publication->Add(run_.PlaceOf(Dataset::kFgCPair, end->slice, horizons[h].label()), output.pair));
    }
    if (end->judged->evidence->num_rows() > 0)
      ARROW_RETURN_NOT_OK(publication->Add(run_.PlaceOf(Dataset::kEvidence, end->slice), end->judged->evidence));
    ARROW_ASSIGN_OR_RAISE(record, publication->Commit(std::move(record)));
    run_.published->Put(std::move(record));
    return Status::OK();
  }

  const RunState& run_;
  const Walk& walk_;
  StoredHistory history_;
  LookbackStep lookback_;
  std::unique_ptr<windows::WindowBuilder> builder_;
  std::unique_ptr<correlation::Correlator> correlator_;
};

}  // namespace

arrow::Result<int64_t> CommitWindows(const RunState& run, const Walk& walk) { return WindowStep(run, walk).Run(); }

}  // namespace ndr::jobs
