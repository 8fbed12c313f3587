// SPDX-License-Identifier: Apache-2.0
#include "ndr/delta/delta.h"

#include <map>

#include "ndr/delta/arrival.h"
#include "ndr/delta/duplicates.h"
#include "ndr/delta/emit.h"
#include "ndr/delta/input.h"
#include "ndr/delta/slice_tables.h"

namespace ndr::delta {
namespace {

using arrow::Status;

// Numbers of rows by what became of them, and notes on the used ones.
struct Tally {
  int64_t used = 0, outside = 0, duplicates = 0, superseded = 0;
  int64_t late = 0, ahead = 0, duration = 0, negative = 0, saturated = 0;

  base::Counters ToCounters() const {
    base::Counters counters;
    counters.Add("used", used);
    counters.Add("outside_batch", outside);
    counters.Add("duplicates", duplicates);
    counters.Add("superseded", superseded);
    counters.Add("late", late);
    counters.Add("ahead", ahead);
    counters.Add("duration", duration);
    counters.Add("negative", negative);
    counters.Add("saturated_cells", saturated);
    return counters;
  }
};

// Rule 6, or of a replay that every row is where it belongs.
Status MarkArrivals(const spec::Context& context, const MiniBatch& batch, std::vector<InputBatch>* input,
                    std::vector<Rejected>* rejected) {
  const spec::DataQuality& rules = context.project.data_quality;
  for (InputBatch& part : *input) {
    const auto& starts = part.columns.event_start;
    for (size_t i = 0; i < starts.size(); ++i) {
      const Arrival arrival = ArrivalOf(starts[i], batch.slot_start, rules);
      if (arrival == Arrival::kInSlot) continue;
      if (batch.replay)
        return Status::Invalid("mini-batch ", batch.id, ": a session starts at ",
                               base::FormatInstant(starts[i]), ", outside the slice of the replay");
      if (arrival != Arrival::kTooOld && arrival != Arrival::kTooNew) continue;
      part.fates[i] = Fate::kOutside;
      rejected->push_back({part.file, part.columns.byte_offset[i], "outside_batch",
                           OutsideReason(starts[i], batch.slot_start, rules)});
    }
  }
  return Status::OK();
}

class Aggregation {
 public:
  Aggregation(const spec::Context& context, base::Micros slot_start)
      : context_(context), slot_start_(slot_start) {}

  void Add(const InputBatch& part, Tally* tally) {
    for (size_t i = 0; i < part.columns.rows; ++i) {
      const Fate fate = part.fates[i];
      tally->outside += fate == Fate::kOutside;
      tally->duplicates += fate == Fate::kDuplicate;
      tally->superseded += fate == Fate::kSuperseded;
      if (fate != Fate::kUsed) continue;
      const base::Micros start = part.columns.event_start[i];
      ++tally->used;
      tally->late += start < slot_start_;
      tally->ahead += start >= slot_start_ + base::kSliceMicros;
      tally->duration += (part.columns.notes[i] & catalogue::kNoteDuration) != 0;
      tally->negative += (part.columns.notes[i] & catalogue::kNoteNegative) != 0;
      TablesAt(start).Add(part, i);
    }
  }

  Slices slices() const {
    Slices slices;
    for (const auto& [start, tables] : slices_) slices.push_back(&tables);
    return slices;
  }

 private:
  SliceTables& TablesAt(base::Micros start) {
    if (last_ == nullptr || start < last_->slice_start() ||
        start - last_->slice_start() >= base::kSliceMicros) {
      const base::Micros slice = base::SliceStart(start);
      last_ = &slices_.try_emplace(slice, context_, slice).first->second;
    }
    return *last_;
  }

  const spec::Context& context_;
  const base::Micros slot_start_;
  std::map<base::Micros, SliceTables> slices_;
  SliceTables* last_ = nullptr;
};

}  // namespace

arrow::Result<Partials> RunDelta(const spec::Context& context, const MiniBatch& batch) {
  if (base::SliceStart(batch.slot_start) != batch.slot_start)
    return Status::Invalid("mini-batch ", batch.id, ": its slot does not begin at a quarter of an hour");
  Partials partials;
  Tally tally;
  ARROW_ASSIGN_OR_RAISE(auto input, ReadInput(context.project.sessions, batch.batches));
  ARROW_RETURN_NOT_OK(MarkArrivals(context, batch, &input, &partials.rejected));
  MarkDuplicates(input);
  Aggregation aggregation(context, batch.slot_start);
  for (const InputBatch& part : input) aggregation.Add(part, &tally);
  const Slices slices = aggregation.slices();
  ARROW_ASSIGN_OR_RAISE(partials.host, HostBatch(context, slices, batch.id, &tally.saturated));
  ARROW_ASSIGN_OR_RAISE(partials.pair, PairBatch(context, slices, batch.id, &tally.saturated));
  partials.counters = tally.ToCounters();
  return partials;
}

}  // namespace ndr::delta
