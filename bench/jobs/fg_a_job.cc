// SPDX-License-Identifier: Apache-2.0
#include "jobs/job.h"
#include "ndr/windows/window_builder.h"

namespace ndr::bench {
namespace {

using arrow::Status;
using base::Micros;
using catalogue::Dataset;

// The partials of a day, a file a slice; nothing lies before it.
class DayHistory : public windows::SliceHistory {
 public:
  explicit DayHistory(const JobInput& input) : input_(input) {}

  // The starts of the slices that have a file, earliest first.
  arrow::Result<std::vector<Micros>> Slices() const {
    ARROW_ASSIGN_OR_RAISE(const auto files, FilesOf(input_.folder + "/host", ".parquet"));
    std::vector<Micros> slices;
    for (const std::string& path : files) {
      const size_t name = path.rfind('/') + 1;
      const auto start = base::ParseCompact(path.substr(name, path.rfind('.') - name));
      if (!start) return Status::Invalid(path, " is not named by a slice");
      slices.push_back(*start);
    }
    return slices;
  }
  arrow::Result<bool> Committed(Micros) override { return true; }
  arrow::Result<arrow::RecordBatchVector> Hosts(Micros slice) override {
    return Read("host", Dataset::kDeltaHost, slice, windows::HostColumns(*input_.context->catalogue));
  }
  arrow::Result<arrow::RecordBatchVector> Slice(Micros slice) override {
    return Read("pair", Dataset::kDeltaPair, slice, pairs::WindowColumns());
  }
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Day(Micros) override { return nullptr; }

 private:
  arrow::Result<arrow::RecordBatchVector> Read(const std::string& table, Dataset dataset, Micros slice,
                                               const std::vector<std::string>& columns) const {
    return ReadTable(*input_.context->catalogue, dataset,
                     input_.folder + "/" + table + "/" + base::FormatCompact(slice) + ".parquet", columns);
  }
  const JobInput& input_;
};

}  // namespace

arrow::Status FgAEndJob(const JobInput& input, Stopwatch* watch, const Emit& emit) {
  watch->Start();
  DayHistory history(input);
  ARROW_ASSIGN_OR_RAISE(const auto slices, history.Slices());
  ARROW_ASSIGN_OR_RAISE(const auto builder,
                        windows::WindowBuilder::Make(input.context, slices.front(), &history));
  ARROW_RETURN_NOT_OK(builder->Start(slices.back() + base::kSliceMicros));
  ARROW_ASSIGN_OR_RAISE(const auto rows, builder->Rows(base::FormatCompact(slices.back())));
  watch->Stop();
  return emit("fg_a", rows);
}

arrow::Status FgADayJob(const JobInput& input, Stopwatch* watch, const Emit& emit) {
  watch->Start();
  DayHistory history(input);
  ARROW_ASSIGN_OR_RAISE(const auto slices, history.Slices());
  ARROW_ASSIGN_OR_RAISE(const auto builder,
                        windows::WindowBuilder::Make(input.context, slices.front(), &history));
  ARROW_RETURN_NOT_OK(builder->Start(slices.front()));
  for (const Micros slice : slices) {
    ARROW_ASSIGN_OR_RAISE(const auto hosts, history.Hosts(slice));
    ARROW_ASSIGN_OR_RAISE(const auto pairs, history.Slice(slice));
    ARROW_RETURN_NOT_OK(builder->Advance(slice, true, hosts, pairs));
    ARROW_ASSIGN_OR_RAISE(const auto rows, builder->Rows(base::FormatCompact(slice)));
    watch->Stop();
    ARROW_RETURN_NOT_OK(emit("fg_a", rows));
    watch->Start();
  }
  watch->Stop();
  return Status::OK();
}

}  // namespace ndr::bench
