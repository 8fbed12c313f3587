// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/joined_file.h"

#include <arrow/csv/writer.h>
#include <arrow/io/file.h>
#include <arrow/ipc/writer.h>
#include <arrow/record_batch.h>

#include "ndr/base/exit_code.h"
#include "ndr/disk/files.h"
#include "ndr/storage/object_store.h"
#include "ndr/storage/parquet_file.h"

namespace ndr::feature_store {
namespace {

using arrow::Status;

class ParquetJoin : public JoinedFile {
 public:
  ParquetJoin(std::string path, std::unique_ptr<storage::ParquetEncoder> encoder)
      : path_(std::move(path)), encoder_(std::move(encoder)) {}
  Status Append(const std::shared_ptr<arrow::RecordBatch>& batch) override { return encoder_->Append(batch); }
  Status Close() override {
    ARROW_ASSIGN_OR_RAISE(const auto file, encoder_->Finish());
    ARROW_RETURN_NOT_OK(disk::WriteFile(path_ + ".part", file.view()));
    return disk::Move(path_ + ".part", path_);
  }

 private:
  std::string path_;
  std::unique_ptr<storage::ParquetEncoder> encoder_;
};

class CsvJoin : public JoinedFile {
 public:
  CsvJoin(std::string path, std::shared_ptr<arrow::io::OutputStream> stream,
          std::shared_ptr<arrow::ipc::RecordBatchWriter> writer)
      : path_(std::move(path)), stream_(std::move(stream)), writer_(std::move(writer)) {}
  Status Append(const std::shared_ptr<arrow::RecordBatch>& batch) override {
    return writer_->WriteRecordBatch(*batch);
  }
  Status Close() override {
    ARROW_RETURN_NOT_OK(writer_->Close());
    ARROW_RETURN_NOT_OK(stream_->Close());
    return disk::Move(path_ + ".part", path_);
  }

 private:
  std::string path_;
  std::shared_ptr<arrow::io::OutputStream> stream_;
  std::shared_ptr<arrow::ipc::RecordBatchWriter> writer_;
};

}  // namespace

arrow::Result<std::unique_ptr<JoinedFile>> JoinedFile::Open(const std::string& path,
                                                            const std::shared_ptr<arrow::Schema>& schema) {
  ARROW_RETURN_NOT_OK(storage::CheckOnDisk("--out", path));
  if (path.ends_with(".parquet")) {
    ARROW_ASSIGN_OR_RAISE(auto encoder, storage::ParquetEncoder::Make(schema));
    return std::make_unique<ParquetJoin>(path, std::move(encoder));
  }
  if (!path.ends_with(".csv"))
    return base::UsageError("--out '" + path + "' ends neither with .parquet nor with .csv");
  ARROW_ASSIGN_OR_RAISE(auto stream, arrow::io::FileOutputStream::Open(path + ".part"));
  ARROW_ASSIGN_OR_RAISE(auto writer,
                        arrow::csv::MakeCSVWriter(stream, schema, arrow::csv::WriteOptions::Defaults()));
  return std::make_unique<CsvJoin>(path, std::move(stream), std::move(writer));
}

}  // namespace ndr::feature_store
