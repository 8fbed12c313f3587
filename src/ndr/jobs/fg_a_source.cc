// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/fg_a_source.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>

#include "ndr/base/parallel.h"
#include "ndr/jobs/stored_history.h"
#include "ndr/storage/dataset_reader.h"
#include "ndr/windows/window_builder.h"

namespace ndr::jobs {
namespace {

using arrow::Status;
using base::kSliceMicros;
using base::Micros;
using catalogue::Dataset;
using Consume = std::function<Status(std::shared_ptr<arrow::RecordBatch>)>;

constexpr size_t kBatchesAhead = 16;

class Committed : public FgASource {
 public:
  explicit Committed(const RunState& run) : run_(run) {}
  std::string name() const override { return "fg_a"; }
  storage::InputEntry Input(Micros start, Micros end) const override {
    return run_.published->RangeAsInput("fg_a", start, end);
  }
  int64_t RowsAtMost(Micros start, Micros end) const override {
    int64_t rows = 0;
    for (const storage::CommitRecord* commit : run_.published->Range("fg_a", start, end))
      rows += commit->rows();
    return rows;
  }

  Status Read(Micros start, Micros end, const std::vector<std::string>& columns,
              const Consume& consume) override {
    // The end of a slice that starts in [start, end) lies in (start, end].
    const auto commits = run_.published->Range("fg_a", start, end);
    std::vector<storage::Batches> read(commits.size());
    return base::ForEachPartitionInOrder(
        commits.size(), run_.context->threads, kBatchesAhead,
        [&](size_t i) {
          ARROW_ASSIGN_OR_RAISE(read[i], storage::ReadCommitted(run_.root(), *run_.context->catalogue,
                                                                *commits[i], Dataset::kFgA, {}, columns));
          return Status::OK();
        },
        [&](size_t i) {
          for (auto& batch : read[i]) ARROW_RETURN_NOT_OK(consume(std::move(batch)));
          read[i].clear();
          return run_.Show("reading windows", static_cast<int64_t>(i) + 1,
                           static_cast<int64_t>(commits.size()));
        });
  }

 private:
  const RunState& run_;
};

class Rebuilt : public FgASource {
 public:
  Rebuilt(const RunState& run, Micros last_slot)
      : run_(run),
        last_slot_(last_slot),
        first_rows_(run.published->FirstRows(last_slot).value_or(last_slot)),
        first_slice_(run.published->FirstSlice().value_or(last_slot)) {}
  std::string name() const override { return "delta"; }
  storage::InputEntry Input(Micros, Micros end) const override {
    return run_.published->DeltaAsInput(first_rows_, end, last_slot_);
  }
  int64_t RowsAtMost(Micros, Micros) const override { return INT64_MAX; }

  Status Read(Micros start, Micros end, const std::vector<std::string>& columns,
              const Consume& consume) override {
    StoredHistory history(run_.root(), run_.context, run_.published);
    history.SeeAs(start, last_slot_);
    ARROW_ASSIGN_OR_RAISE(const auto builder,
                          windows::WindowBuilder::Make(run_.context, first_slice_, &history, first_rows_));
    ARROW_RETURN_NOT_OK(builder->Start(std::max(start, first_rows_)));
    for (Micros slice = std::max(start, first_rows_); slice < end; slice += kSliceMicros) {
      ARROW_ASSIGN_OR_RAISE(const bool committed, history.Committed(slice));
      ARROW_ASSIGN_OR_RAISE(const auto hosts, history.Hosts(slice));
      ARROW_ASSIGN_OR_RAISE(const auto pairs, history.Slice(slice));
      ARROW_RETURN_NOT_OK(builder->Advance(slice, committed, hosts, pairs));
      ARROW_RETURN_NOT_OK(
          run_.Show("rebuilding windows", (slice - start) / kSliceMicros + 1, (end - start) / kSliceMicros));
      if (!committed) continue;
      ARROW_ASSIGN_OR_RAISE(const auto rows, builder->Rows(MiniBatchId(slice)));
      std::vector<int> indices;
      for (const std::string& column : columns) indices.push_back(rows->schema()->GetFieldIndex(column));
      ARROW_ASSIGN_OR_RAISE(auto projected, rows->SelectColumns(indices));
      ARROW_RETURN_NOT_OK(consume(std::move(projected)));
    }
    return Status::OK();
  }

 private:
  const RunState& run_;
  Micros last_slot_, first_rows_, first_slice_;
};

}  // namespace

std::unique_ptr<FgASource> CommittedFgA(const RunState& run) { return std::make_unique<Committed>(run); }
std::unique_ptr<FgASource> RebuiltFgA(const RunState& run, Micros last_slot) {
  return std::make_unique<Rebuilt>(run, last_slot);
}

}  // namespace ndr::jobs
