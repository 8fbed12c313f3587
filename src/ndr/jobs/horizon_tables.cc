// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/horizon_tables.h"

#include "ndr/base/exit_code.h"
#include "ndr/baselines/segment_tables.h"
#include "ndr/baselines/table_checks.h"
#include "ndr/catalogue/batch.h"

namespace ndr::jobs {
namespace {

using arrow::Status;
using catalogue::Dataset;

constexpr int64_t kRowsPerPart = 100'000;
// The global table may take this share of the memory before its runs are spilled.
constexpr int64_t kGlobalShare = 4;

}  // namespace

PartWriter::PartWriter(const RunState& run, storage::Publication* publication, storage::Place place)
    : run_(run), publication_(publication), place_(std::move(place)) {}

Status PartWriter::Add(std::shared_ptr<arrow::RecordBatch> batch) {
  rows_ += batch->num_rows();
  waiting_.push_back(std::move(batch));
  return rows_ < kRowsPerPart ? Status::OK() : Flush();
}

Status PartWriter::Flush() {
  ARROW_ASSIGN_OR_RAISE(const auto rows,
                        catalogue::Concatenate(run_.context->catalogue->Schema(place_.dataset), waiting_));
  waiting_.clear();
  rows_ = 0;
  return publication_->Add(place_, rows, part_++);
}

Status PartWriter::Finish() { return rows_ > 0 || part_ == 0 ? Flush() : Status::OK(); }

HorizonTables::HorizonTables(const RunState& run, storage::Publication* publication,
                             const std::shared_ptr<const baselines::Plan>& plan,
                             const baselines::Range& range, const std::vector<base::Micros>& committed,
                             const baselines::MachineNames* machines)
    : run_(run),
      publication_(publication),
      plan_(plan),
      range_(range),
      bands_(run.context->calendar, run.context->catalogue->windows(), committed, range.start, range.end),
      machines_(machines),
      spill_(run.writer->staging() + "/global-" + range.label),
      global_(plan, range, run.memory_bytes / kGlobalShare, &spill_),
      pairs_(plan, range),
      host_(run, publication, PlaceOf(Dataset::kFgBHost)),
      segment_(run, publication, PlaceOf(Dataset::kFgBSegment)),
      metadata_(run, publication, PlaceOf(Dataset::kIpMetadata)) {}

storage::Place HorizonTables::PlaceOf(Dataset table) const {
  return run_.PlaceOf(table, range_.reference, range_.label);
}

double HorizonTables::share() const {
  return static_cast<double>(bands_.committed()) / static_cast<double>(bands_.possible());
}

Status HorizonTables::AddSegment(const BySegment::Batches& batches) {
  baselines::SegmentRows rows(plan_, range_);
  for (const auto& batch : batches) ARROW_RETURN_NOT_OK(rows.Add(*batch));
  if (rows.empty()) {
    counters_.Add(rows.counters());
    return Status::OK();
  }
  ARROW_ASSIGN_OR_RAISE(
      baselines::SegmentTables tables,
      baselines::MakeSegmentTables(rows, range_, bands_, *machines_, run_.context->threads));
  counters_.Add(tables.counters);
  ARROW_RETURN_NOT_OK(baselines::CheckUniqueKeys(*run_.context->catalogue, Dataset::kFgBHost, {tables.host}));
  ARROW_RETURN_NOT_OK(host_.Add(std::move(tables.host)));
  ARROW_RETURN_NOT_OK(segment_.Add(std::move(tables.segment)));
  ARROW_RETURN_NOT_OK(metadata_.Add(std::move(tables.ip_metadata)));
  return global_.Add(std::move(tables.global));
}

Status HorizonTables::Finish() {
  const catalogue::Catalogue& catalogue = *run_.context->catalogue;
  for (PartWriter* table : {&host_, &segment_, &metadata_}) ARROW_RETURN_NOT_OK(table->Finish());
  ARROW_ASSIGN_OR_RAISE(const auto global, global_.Finish(bands_, run_.context->threads));
  for (const Dataset table : {Dataset::kFgBSegment, Dataset::kFgBGlobal}) {
    const Status parity = baselines::CheckParity(catalogue, *catalogue.Schema(Dataset::kFgBHost), table,
                                                 *catalogue.Schema(table));
    if (!parity.ok()) return base::ContractViolation(parity.message());
  }
  ARROW_RETURN_NOT_OK(baselines::CheckUniqueKeys(catalogue, Dataset::kFgBGlobal, {global}));
  ARROW_RETURN_NOT_OK(publication_->Add(PlaceOf(Dataset::kFgBGlobal), global));
  counters_.Add(global_.counters());
  ARROW_ASSIGN_OR_RAISE(baselines::PairTables pairs, pairs_.Finish());
  counters_.Add(pairs_.counters());
  for (auto& [table, batches] :
       {std::pair(Dataset::kPairHost, &pairs.host), std::pair(Dataset::kPairSegment, &pairs.segment)}) {
    PartWriter writer(run_, publication_, PlaceOf(table));
    for (auto& batch : *batches) ARROW_RETURN_NOT_OK(writer.Add(std::move(batch)));
    ARROW_RETURN_NOT_OK(writer.Finish());
  }
  return Status::OK();
}

}  // namespace ndr::jobs
