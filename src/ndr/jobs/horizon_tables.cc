// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/horizon_tables.h"

#include <algorithm>
#include <tuple>

#include "ndr/baselines/segment_tables.h"
#include "ndr/baselines/table_checks.h"
#include "ndr/catalogue/batch.h"
#include "ndr/catalogue/validate.h"

namespace ndr::jobs {
namespace {

using arrow::Status;
using catalogue::Dataset;

constexpr int64_t kRowsPerPart = 100'000;
// The global table may take this share of the memory before its runs are spilled.
constexpr int64_t kGlobalShare = 4;

constexpr int64_t kBytesPerPair = 450;
// Of the memory, for the pairs of one horizon.
constexpr int64_t kPairShare = 8;

size_t PairsThatFit(const RunState& run) {
  return static_cast<size_t>(std::max<int64_t>(1, run.memory_bytes / kPairShare / kBytesPerPair));
}

}  // namespace

PartWriter::PartWriter(const RunState& run, storage::Publication* publication, storage::Place place)
    : run_(run), publication_(publication), place_(std::move(place)) {}

Status PartWriter::Add(std::shared_ptr<arrow::RecordBatch> batch) {
  all_rows_ += batch->num_rows();
  while (batch->num_rows() > 0) {
    const int64_t taken = std::min(kRowsPerPart - rows_, batch->num_rows());
    waiting_.push_back(batch->Slice(0, taken));
    rows_ += taken;
    batch = batch->Slice(taken);
    if (rows_ == kRowsPerPart) ARROW_RETURN_NOT_OK(Flush());
  }
  return Status::OK();
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
      pairs_(std::in_place, plan, range, "", PairsThatFit(run)),
      host_(run, publication, PlaceOf(Dataset::kFgBHost)),
      segment_(run, publication, PlaceOf(Dataset::kFgBSegment)),
      metadata_(run, publication, PlaceOf(Dataset::kIpMetadata)),
      pair_host_(run, publication, PlaceOf(Dataset::kPairHost)),
      pair_segment_(run, publication, PlaceOf(Dataset::kPairSegment)) {}

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
  // No two segments share a key: the segment is part of it.
  const catalogue::Catalogue& catalogue = *run_.context->catalogue;
  check_ &= catalogue::CheckTable(catalogue, Dataset::kFgBHost, tables.host);
  check_ &= catalogue::CheckTable(catalogue, Dataset::kFgBSegment, tables.segment);
  check_ &= catalogue::CheckTable(catalogue, Dataset::kIpMetadata, tables.ip_metadata);
  ARROW_RETURN_NOT_OK(host_.Add(std::move(tables.host)));
  ARROW_RETURN_NOT_OK(segment_.Add(std::move(tables.segment)));
  ARROW_RETURN_NOT_OK(metadata_.Add(std::move(tables.ip_metadata)));
  return global_.Add(std::move(tables.global));
}

Status HorizonTables::FinishPairs(bool* done) {
  *done = !pairs_;
  if (*done) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(baselines::PairTables tables, pairs_->Finish());
  counters_.Add(pairs_->counters());
  for (auto& [table, batches, writer] :
       {std::tuple(Dataset::kPairHost, &tables.host, &pair_host_),
        std::tuple(Dataset::kPairSegment, &tables.segment, &pair_segment_)}) {
    check_ &= catalogue::CheckUniqueKeys(*run_.context->catalogue, table, *batches);
    for (auto& batch : *batches) ARROW_RETURN_NOT_OK(writer->Add(std::move(batch)));
  }
  const std::optional<std::string> next = pairs_->next();
  pairs_.reset();
  *done = !next;
  if (next) pairs_.emplace(plan_, range_, *next, PairsThatFit(run_));
  return Status::OK();
}

Status HorizonTables::Finish() {
  const catalogue::Catalogue& catalogue = *run_.context->catalogue;
  for (PartWriter* table : {&host_, &segment_, &metadata_}) ARROW_RETURN_NOT_OK(table->Finish());
  ARROW_ASSIGN_OR_RAISE(const auto global, global_.Finish(bands_, run_.context->threads));
  for (const Dataset table : {Dataset::kFgBSegment, Dataset::kFgBGlobal})
    check_ &= baselines::CheckParity(catalogue, *catalogue.Schema(Dataset::kFgBHost), table,
                                     *catalogue.Schema(table));
  check_ &= catalogue::CheckTable(catalogue, Dataset::kFgBGlobal, global);
  ARROW_RETURN_NOT_OK(publication_->Add(PlaceOf(Dataset::kFgBGlobal), global));
  global_rows_ = global->num_rows();
  for (const auto& [name, n] : global_.counters().values()) {
    // What memory made necessary stands in the run report: a commit does not depend on it.
    if (!name.ends_with("_spilled")) {
      counters_.Add(name, n);
      continue;
    }
    base::Counters spilled;
    spilled.Add(range_.label + "." + name, n);
    run_.report->Count(spilled);
  }
  for (PartWriter* table : {&pair_host_, &pair_segment_}) ARROW_RETURN_NOT_OK(table->Finish());
  return Status::OK();
}

}  // namespace ndr::jobs
