// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/window_step.h"

#include <algorithm>

#include "ndr/base/parallel.h"
#include "ndr/catalogue/batch.h"
#include "ndr/correlation/correlator.h"
#include "ndr/jobs/commit_group.h"
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

// Ends are computed one after the other; what a round holds is encoded in parallel and committed together.
constexpr size_t kEndsPerRound = 48;
constexpr int64_t kRowsPerRound = 300'000;

// What one end is to publish: FG-A by its draft, FG-C by what was judged; what is absent is current already.
struct End {
  Micros slice = 0;
  std::optional<storage::CommitRecord> fg_a;
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
      : run_(run),
        walk_(walk),
        history_(run.root(), run.context, run.published),
        lookback_(run, walk.first_slice) {}

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
      int64_t rows = 0;
      for (; at <= last && round.size() < kEndsPerRound && rows < kRowsPerRound; at += kSliceMicros) {
        ARROW_RETURN_NOT_OK(lookback_.CommitSealed(at));
        ARROW_ASSIGN_OR_RAISE(End end, Compute(at));
        ARROW_RETURN_NOT_OK(run_.Show(walk_.reference ? "judging" : "windows",
                                      (at - begin) / kSliceMicros + 1, (last - begin) / kSliceMicros + 1));
        if (!end.fg_a && !end.judged) continue;
        rows += end.rows->num_rows();
        round.push_back(std::move(end));
      }
      computed += static_cast<int64_t>(round.size());
      ARROW_RETURN_NOT_OK(PublishRound(&round));
    }
    return computed;
  }

 private:
  // The pairs that act on an end: those of its longest window and of the look-back before it.
  storage::InputEntry DeltaRange(Micros slice) const {
    const auto& windows = run_.context->catalogue->windows();
    const Micros reach =
        windows.back().slices * kSliceMicros + run_.context->project.lookback.days * base::kMicrosPerDay;
    return run_.published->RangeAsInput("delta", std::max(walk_.first_slice, slice + kSliceMicros - reach),
                                        slice + kSliceMicros);
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
    ARROW_RETURN_NOT_OK(
        builder_->Advance(slice, run_.published->Find("delta", slice) != nullptr, hosts, pairs));
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
    timer.Rows(end->rows->num_rows() * static_cast<int64_t>(walk_.reference->horizons().size()),
               end->rows->num_rows());
    ARROW_ASSIGN_OR_RAISE(end->hosts, CountHosts(*end->rows));
    return Status::OK();
  }

  Status PublishRound(std::vector<End>* round) {
    StepTimer timer(run_.report, "publish");
    CommitGroup fg_a(run_), fg_c(run_);
    std::vector<std::unique_ptr<storage::Publication>> judged(round->size());
    ARROW_RETURN_NOT_OK(base::ForEachPartition(round->size(), run_.context->threads, [&](size_t i) {
      ARROW_RETURN_NOT_OK(StageFgA(&(*round)[i], &fg_a));
      return StageFgC((*round)[i], &judged[i]);
    }));
    ARROW_RETURN_NOT_OK(fg_a.Commit());
    for (size_t i = 0; i < round->size(); ++i) {
      const End& end = (*round)[i];
      run_.report->counters().Add(end.window_counters);
      if (!end.judged) continue;
      run_.report->counters().Add(end.judged->counters);
      // What FG-C was made from has its hash now.
      storage::CommitRecord record = FgCDraft(*run_.published->Find("fg_a", end.slice));
      record.counters = end.judged->counters;
      record.facts["hosts"] = std::to_string(end.hosts);
      fg_c.Add(std::move(judged[i]), std::move(record));
    }
    return fg_c.Commit();
  }

  Status StageFgA(End* end, CommitGroup* group) {
    if (!end->fg_a) return Status::OK();
    ARROW_ASSIGN_OR_RAISE(auto publication, run_.writer->Begin(end->fg_a->key));
    if (end->rows->num_rows() > 0)
      ARROW_RETURN_NOT_OK(publication->Add(run_.PlaceOf(Dataset::kFgA, end->slice), end->rows));
    end->fg_a->counters = end->window_counters;
    group->Add(std::move(publication), std::move(*end->fg_a));
    return Status::OK();
  }

  Status StageFgC(const End& end, std::unique_ptr<storage::Publication>* staged) {
    if (!end.judged) return Status::OK();
    ARROW_ASSIGN_OR_RAISE(*staged, run_.writer->Begin({"fg_c", run_.context->project.feature_spec_version,
                                                       MiniBatchId(end.slice)}));
    auto add = [&](Dataset dataset, const std::string& horizon, const Batch& batch) {
      return batch->num_rows() == 0 ? Status::OK()
                                    : (*staged)->Add(run_.PlaceOf(dataset, end.slice, horizon), batch);
    };
    for (const correlation::HorizonOutput& output : end.judged->horizons) {
      ARROW_RETURN_NOT_OK(add(Dataset::kFgCHost, output.label, output.host));
      ARROW_RETURN_NOT_OK(add(Dataset::kFgCPair, output.label, output.pair));
    }
    return add(Dataset::kEvidence, "", end.judged->evidence);
  }

  const RunState& run_;
  const Walk& walk_;
  StoredHistory history_;
  LookbackStep lookback_;
  std::unique_ptr<windows::WindowBuilder> builder_;
  std::unique_ptr<correlation::Correlator> correlator_;
};

}  // namespace

arrow::Result<int64_t> CommitWindows(const RunState& run, const Walk& walk) {
  return WindowStep(run, walk).Run();
}

}  // namespace ndr::jobs
