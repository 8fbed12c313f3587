// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/spool.h"

#include <arrow/buffer.h>
#include <arrow/io/file.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>
#include <arrow/util/byte_size.h>

#include <filesystem>

namespace ndr::storage {

using arrow::Status;

SliceSpool::SliceSpool(std::string folder, int64_t budget_bytes)
    : path_(std::move(folder) + "/spool.arrows"), budget_bytes_(budget_bytes) {}

SliceSpool::~SliceSpool() {
  std::error_code ignored;
  if (out_ != nullptr) std::filesystem::remove(path_, ignored);
}

Status SliceSpool::Add(base::Micros slice_start, std::shared_ptr<arrow::RecordBatch> batch) {
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes, arrow::util::ReferencedBufferSize(*batch));
  Slice& slice = slices_[slice_start];
  slice.batches.push_back(std::move(batch));
  slice.bytes += bytes;
  memory_bytes_ += bytes;
  return memory_bytes_ > budget_bytes_ ? Spill() : Status::OK();
}

// Each slice's batches become one IPC stream of the spill file, with the dictionaries in it.
Status SliceSpool::Spill() {
  if (out_ == nullptr) {
    ARROW_ASSIGN_OR_RAISE(out_, arrow::io::FileOutputStream::Open(path_));
    ARROW_ASSIGN_OR_RAISE(in_, arrow::io::ReadableFile::Open(path_));
  }
  for (auto& [start, slice] : slices_) {
    if (slice.batches.empty()) continue;
    ARROW_ASSIGN_OR_RAISE(const int64_t offset, out_->Tell());
    ARROW_ASSIGN_OR_RAISE(const auto writer,
                          arrow::ipc::MakeStreamWriter(out_, slice.batches.front()->schema()));
    for (const auto& batch : slice.batches) ARROW_RETURN_NOT_OK(writer->WriteRecordBatch(*batch));
    ARROW_RETURN_NOT_OK(writer->Close());
    ARROW_ASSIGN_OR_RAISE(const int64_t end, out_->Tell());
    slice.extents.push_back({offset, end - offset});
    slice.batches.clear();
    slice.bytes = 0;
  }
  memory_bytes_ = 0;
  return Status::OK();
}

std::vector<base::Micros> SliceSpool::Slices() const {
  std::vector<base::Micros> starts;
  for (const auto& [start, slice] : slices_) starts.push_back(start);
  return starts;
}

arrow::Result<std::vector<std::shared_ptr<arrow::RecordBatch>>> SliceSpool::Take(base::Micros slice_start) {
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
  const auto found = slices_.find(slice_start);
  if (found == slices_.end()) return batches;
  auto options = arrow::ipc::IpcReadOptions::Defaults();
  options.use_threads = false;
  for (const Extent& extent : found->second.extents) {
    ARROW_ASSIGN_OR_RAISE(auto bytes, in_->ReadAt(extent.offset, extent.length));
    ARROW_ASSIGN_OR_RAISE(const auto reader,
                          arrow::ipc::RecordBatchStreamReader::Open(
                              std::make_shared<arrow::io::BufferReader>(std::move(bytes)), options));
    ARROW_ASSIGN_OR_RAISE(const auto spilled, reader->ToRecordBatches());
    batches.insert(batches.end(), spilled.begin(), spilled.end());
  }
  Slice& slice = found->second;
  batches.insert(batches.end(), slice.batches.begin(), slice.batches.end());
  memory_bytes_ -= slice.bytes;
  slices_.erase(found);
  return batches;
}

}  // namespace ndr::storage
