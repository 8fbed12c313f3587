// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/fg_a_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "ndr/base/exit_code.h"
#include "ndr/catalogue/batch.h"
#include "ndr/catalogue/validate.h"

namespace ndr::jobs {

using arrow::Status;
using base::kSliceMicros;
using base::Micros;
using catalogue::Dataset;

arrow::Result<const storage::CommitRecord*> OwnDelta(const RunState& run, const std::string& mini_batch_id,
                                                     Micros slot) {
  const storage::CommitRecord* delta = run.published->Find("delta", slot);
  if (delta == nullptr)
    return base::ContractViolation(
        fmt::format("delta of mini-batch '{}' (slot {}) is not committed; run `ndr delta` for it first",
                    mini_batch_id, base::FormatInstant(slot)));
  if (delta->key.id != mini_batch_id)
    return base::ContractViolation(fmt::format("the slot {} holds mini-batch '{}', not '{}'; give that id",
                                               base::FormatInstant(slot), delta->key.id, mini_batch_id));
  return delta;
}

FgABuilder::FgABuilder(const RunState& run, const spec::JobSpec&, const SliceRuntime& runtime)
    : BaseRunner(run, spec::Job::kFgA),
      own_cursor_(std::make_unique<WindowCursor>(run)),
      cursor_(own_cursor_.get()),
      mini_batch_id_(runtime.mini_batch_id),
      slot_(runtime.batch_start),
      alone_(true) {}

FgABuilder::FgABuilder(const RunState& run, WindowCursor* cursor, std::string mini_batch_id, Micros slot)
    : BaseRunner(run, spec::Job::kFgA),
      cursor_(cursor),
      mini_batch_id_(std::move(mini_batch_id)),
      slot_(slot),
      alone_(false) {}

storage::CommitRecord FgABuilder::Draft() const {
  storage::CommitRecord draft = run_.published->Draft("fg_a", mini_batch_id_, slot_);
  // The pairs that act on an end: those of its longest window and of the look-back before it.
  const Micros reach = run_.context->catalogue->windows().back().slices * kSliceMicros +
                       run_.context->project.lookback.days * base::kMicrosPerDay;
  const Micros end = slot_ + kSliceMicros;
  draft.inputs = {run_.published->DeltaAsInput(
      std::max(run_.published->FirstRows(slot_).value_or(slot_), end - reach), end, slot_)};
  draft.facts["first_slice"] = base::FormatInstant(run_.published->FirstSlice().value_or(slot_));
  return draft;
}

arrow::Result<bool> FgABuilder::IsCurrent() {
  ARROW_RETURN_NOT_OK(OwnDelta(run_, mini_batch_id_, slot_).status());
  return run_.published->IsCurrent(Draft());
}

Status FgABuilder::Read() { return cursor_->MoveTo(slot_); }

Status FgABuilder::CheckQuality() {
  if (!alone_) return Status::OK();
  const Micros end = slot_ + kSliceMicros;
  const Micros from = std::max(run_.published->FirstSlice().value_or(slot_),
                               end - run_.context->catalogue->windows().back().slices * kSliceMicros);
  const auto there = static_cast<int64_t>(run_.published->Range("delta", from, end).size());
  if (const int64_t missing = (end - from) / kSliceMicros - there; missing > 0)
    run_.report->Note(fmt::format(
        "{} slices of the longest window are missing: no delta was committed for them (see slices_covered)",
        missing));
  return Status::OK();
}

Status FgABuilder::Build() {
  ARROW_ASSIGN_OR_RAISE(rows_, cursor_->Rows(mini_batch_id_));
  counters_ = cursor_->counters();
  return Status::OK();
}

Status FgABuilder::Validate() {
  ARROW_RETURN_NOT_OK(
      base::AsViolation(catalogue::CheckTable(*run_.context->catalogue, Dataset::kFgA, rows_)));
  ARROW_ASSIGN_OR_RAISE(const auto ends, catalogue::Values<int64_t>(*rows_, "window_end_ts"));
  const bool all_here =
      std::all_of(ends.begin(), ends.end(), [&](int64_t end) { return end == slot_ + kSliceMicros; });
  return all_here ? Status::OK() : base::ContractViolation("fg_a: a row of another end than the batch's");
}

Status FgABuilder::Stage(CommitGroup* group) {
  storage::CommitRecord record = Draft();
  record.counters = counters_;
  run_.report->Count(counters_);
  ARROW_ASSIGN_OR_RAISE(auto publication, run_.writer->Begin(record.key));
  if (rows_->num_rows() > 0) ARROW_RETURN_NOT_OK(publication->Add(run_.PlaceOf(Dataset::kFgA, slot_), rows_));
  group->Add(std::move(publication), std::move(record));
  return Status::OK();
}

}  // namespace ndr::jobs
