// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/window_step.h"

#include <optional>

#include "ndr/base/parallel.h"
#include "ndr/jobs/fg_a_builder.h"
#include "ndr/jobs/fg_c_builder.h"

namespace ndr::jobs {
namespace {

using arrow::Status;
using base::kSliceMicros;
using base::Micros;

// Ends are computed one after the other; what a round holds is encoded in parallel and committed together.
constexpr size_t kEndsPerRound = 48;
constexpr int64_t kRowsPerRound = 300'000;

// One end's builders; what is absent is current already.
struct End {
  std::unique_ptr<FgABuilder> fg_a;
  std::unique_ptr<FgCBuilder> fg_c;
  bool publishes_fg_a = true;
};

class WindowStep {
 public:
  WindowStep(const RunState& run, Micros from, Micros to, Judge* judge)
      : run_(run), from_(from), to_(to), judge_(judge), cursor_(run) {}

  arrow::Result<int64_t> Run() {
    Micros at = from_, last = to_ - kSliceMicros;
    for (; at < to_; at += kSliceMicros) {
      ARROW_ASSIGN_OR_RAISE(const bool needed, NeedsWork(at));
      if (needed) break;
    }
    for (; last >= at; last -= kSliceMicros) {
      ARROW_ASSIGN_OR_RAISE(const bool needed, NeedsWork(last));
      if (needed) break;
    }
    const Micros begin = at;
    int64_t computed = 0;
    while (at <= last) {
      std::vector<End> round;
      int64_t rows = 0;
      for (; at <= last && round.size() < kEndsPerRound && rows < kRowsPerRound; at += kSliceMicros) {
        ARROW_ASSIGN_OR_RAISE(std::optional<End> end, Compute(at));
        ARROW_RETURN_NOT_OK(run_.Show(judge_ ? "judging" : "windows", (at - begin) / kSliceMicros + 1,
                                      (last - begin) / kSliceMicros + 1));
        if (!end) continue;
        rows += end->fg_a->rows()->num_rows();
        round.push_back(std::move(*end));
      }
      computed += static_cast<int64_t>(round.size());
      ARROW_RETURN_NOT_OK(Publish(round));
    }
    return computed;
  }

 private:
  End BuildersAt(Micros slice) {
    End end;
    end.fg_a = std::make_unique<FgABuilder>(run_, &cursor_, MiniBatchId(slice), slice);
    if (judge_ != nullptr)
      end.fg_c =
          std::make_unique<FgCBuilder>(run_, judge_, &cursor_, end.fg_a.get(), MiniBatchId(slice), slice);
    return end;
  }

  // FG-C is made from FG-A's commit: where that is stale, so is this.
  arrow::Result<bool> NeedsWork(Micros slice) {
    const End end = BuildersAt(slice);
    ARROW_ASSIGN_OR_RAISE(const bool current, end.fg_a->IsCurrent());
    if (!current || judge_ == nullptr) return !current;
    ARROW_ASSIGN_OR_RAISE(const bool judged, end.fg_c->IsCurrent());
    return !judged;
  }

  arrow::Result<std::optional<End>> Compute(Micros slice) {
    ARROW_ASSIGN_OR_RAISE(const bool needed, NeedsWork(slice));
    if (!needed) {
      ARROW_RETURN_NOT_OK(cursor_.MoveTo(slice));
      return std::nullopt;
    }
    End end = BuildersAt(slice);
    ARROW_ASSIGN_OR_RAISE(const bool current, end.fg_a->IsCurrent());
    end.publishes_fg_a = !current;
    ARROW_RETURN_NOT_OK(end.fg_a->Prepare());
    if (end.fg_c) ARROW_RETURN_NOT_OK(end.fg_c->Prepare());
    return end;
  }

  Status Publish(const std::vector<End>& round) {
    StepTimer timer(run_.report, "publish");
    CommitGroup fg_a(run_), fg_c(run_);
    ARROW_RETURN_NOT_OK(base::ForEachPartition(round.size(), run_.context->threads, [&](size_t i) {
      return round[i].publishes_fg_a ? round[i].fg_a->Write(&fg_a) : Status::OK();
    }));
    ARROW_RETURN_NOT_OK(fg_a.Commit());
    ARROW_RETURN_NOT_OK(base::ForEachPartition(round.size(), run_.context->threads, [&](size_t i) {
      return round[i].fg_c ? round[i].fg_c->Write(&fg_c) : Status::OK();
    }));
    return fg_c.Commit();
  }

  const RunState& run_;
  Micros from_, to_;
  Judge* judge_;
  WindowCursor cursor_;
};

}  // namespace

arrow::Result<int64_t> CommitWindows(const RunState& run, Micros from, Micros to, Judge* judge) {
  return WindowStep(run, from, to, judge).Run();
}

}  // namespace ndr::jobs
