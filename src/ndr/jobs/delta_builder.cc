// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/delta_builder.h"

#include <fmt/format.h>

#include <chrono>

#include "ndr/base/exit_code.h"
#include "ndr/catalogue/batch.h"
#include "ndr/catalogue/validate.h"
#include "ndr/jobs/delivery.h"

namespace ndr::jobs {

using arrow::Status;
using catalogue::Dataset;

namespace {

constexpr char kFormatFact[] = "log_format";

// Partials come by slice: a file for each.
Status AddBySlice(const RunState& run, Dataset dataset, const std::shared_ptr<arrow::RecordBatch>& partials,
                  storage::Publication* publication) {
  ARROW_ASSIGN_OR_RAISE(const auto starts, catalogue::Values<int64_t>(*partials, "slice_start_ts"));
  for (size_t from = 0, to = 0; from < starts.size(); from = to) {
    while (to < starts.size() && starts[to] == starts[from]) ++to;
    ARROW_RETURN_NOT_OK(
        publication->Add(run.PlaceOf(dataset, starts[from]),
                         partials->Slice(static_cast<int64_t>(from), static_cast<int64_t>(to - from))));
  }
  return Status::OK();
}

}  // namespace

DeltaBuilder::DeltaBuilder(const RunState& run, const spec::JobSpec& spec, const SliceRuntime& runtime)
    : BaseRunner(run, spec::Job::kDelta),
      own_source_(std::make_unique<Delivery>(run, spec, runtime)),
      source_(own_source_.get()),
      batch_{runtime.mini_batch_id, runtime.batch_start, false, {}} {}

DeltaBuilder::DeltaBuilder(const RunState& run, BatchSource* source, std::string mini_batch_id,
                           base::Micros slot)
    : BaseRunner(run, spec::Job::kDelta),
      source_(source),
      batch_{std::move(mini_batch_id), slot, source->is_replay(), {}} {}

arrow::Result<storage::CommitRecord> DeltaBuilder::Draft() const {
  storage::CommitRecord draft = run_.published->Draft("delta", batch_.id, batch_.slot_start);
  ARROW_ASSIGN_OR_RAISE(draft.inputs, source_->Inputs(batch_.slot_start));
  if (!source_->format().empty()) draft.facts[kFormatFact] = source_->format();
  return draft;
}

arrow::Result<bool> DeltaBuilder::IsCurrent() {
  const storage::CommitRecord* there = run_.published->Find("delta", batch_.slot_start);
  if (there != nullptr && there->key.id != batch_.id)
    return base::ContractViolation(fmt::format(
        "the slot {} holds the mini-batch '{}' already, and a slot has one: give that id (with its files as "
        "--input, where it was a mistake), or another --feature-spec-version",
        base::FormatInstant(batch_.slot_start), there->key.id));
  ARROW_ASSIGN_OR_RAISE(const storage::CommitRecord draft, Draft());
  if (there == nullptr || there->facts.contains(kFormatFact) != draft.facts.contains(kFormatFact))
    return false;
  return run_.published->IsCurrent(draft);
}

Status DeltaBuilder::Read() {
  ARROW_ASSIGN_OR_RAISE(batch_.batches, source_->Take(batch_.slot_start));
  for (const delta::SessionBatch& b : batch_.batches) rows_in_ += b.sessions->num_rows();
  return Status::OK();
}

Status DeltaBuilder::Build() {
  const auto start = std::chrono::steady_clock::now();
  ARROW_ASSIGN_OR_RAISE(partials_, delta::RunDelta(*run_.context, batch_));
  batch_.batches.clear();
  // Of slices that are built side by side the time is taken once for all.
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  run_.report->AddStep("delta", is_timed() ? seconds.count() : 0, rows_in_,
                       partials_.host->num_rows() + partials_.pair->num_rows());
  if (!batch_.replay) SayWhatIsOdd();
  return Status::OK();
}

void DeltaBuilder::SayWhatIsOdd() const {
  if (const int64_t outside = partials_.counters.Get("outside_batch"); outside > 0)
    run_.report->Note(
        fmt::format("{} of {} records start outside what the slot {} takes and are in quarantine", outside,
                    rows_in_, base::FormatInstant(batch_.slot_start)));
  if (const auto named = base::ParseCompact(batch_.id); named && *named != batch_.slot_start)
    run_.report->Note(fmt::format("the id {} names another instant than the slot's start, {}", batch_.id,
                                  base::FormatInstant(batch_.slot_start)));
  const storage::CommitRecord* there = run_.published->Find("delta", batch_.slot_start);
  if (there != nullptr && there->rows() > 0 && partials_.host->num_rows() == 0)
    run_.report->Note(fmt::format("the batch held {} rows before and is empty now", there->rows()));
}

Status DeltaBuilder::Validate() {
  ARROW_RETURN_NOT_OK(base::AsViolation(
      catalogue::CheckTable(*run_.context->catalogue, Dataset::kDeltaHost, partials_.host)));
  ARROW_RETURN_NOT_OK(base::AsViolation(
      catalogue::CheckTable(*run_.context->catalogue, Dataset::kDeltaPair, partials_.pair)));
  int64_t accounted = 0;
  for (const char* fate : {"used", "outside_batch", "duplicates", "superseded"})
    accounted += partials_.counters.Get(fate);
  if (accounted == rows_in_) return Status::OK();
  return base::ContractViolation(
      fmt::format("{} records came in and {} are accounted for", rows_in_, accounted));
}

Status DeltaBuilder::Stage(CommitGroup* group) {
  ARROW_RETURN_NOT_OK(source_->Quarantine(partials_.rejected));
  ARROW_ASSIGN_OR_RAISE(storage::CommitRecord record, Draft());
  record.counters = partials_.counters;
  ARROW_ASSIGN_OR_RAISE(auto publication, run_.writer->Begin(record.key));
  ARROW_RETURN_NOT_OK(AddBySlice(run_, Dataset::kDeltaHost, partials_.host, publication.get()));
  ARROW_RETURN_NOT_OK(AddBySlice(run_, Dataset::kDeltaPair, partials_.pair, publication.get()));
  group->Add(std::move(publication), std::move(record));
  partials_ = {};
  return Status::OK();
}

}  // namespace ndr::jobs
