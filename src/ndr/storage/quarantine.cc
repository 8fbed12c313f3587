// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/quarantine.h"

#include <arrow/array/builder_binary.h>
#include <arrow/io/file.h>
#include <arrow/type.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <vector>

#include "ndr/catalogue/batch.h"

namespace ndr::storage {

using arrow::Status;

namespace {

constexpr size_t kKeptBytes = 4096;
constexpr size_t kMemoryBytes = 16 << 20;
// A row group of whole first_bytes is at most 32 MB.
constexpr int64_t kGroupRows = 8192;

// A refused record; its text stands at `at` among all text added.
struct Row {
  int64_t byte_offset, at;
  uint32_t rule_bytes, reason_bytes, kept_bytes;
};

}  // namespace

std::shared_ptr<arrow::Schema> QuarantineColumns() {
  return arrow::schema(
      {arrow::field("file", arrow::utf8(), false), arrow::field("byte_offset", arrow::int64(), false),
       arrow::field("rule", arrow::utf8(), false), arrow::field("reason", arrow::utf8(), false),
       arrow::field("first_bytes", arrow::binary(), false)});
}

struct QuarantineFile::State {
  Writer* writer;
  std::string spill_path;
  std::shared_ptr<arrow::io::FileOutputStream> out;
  std::shared_ptr<arrow::io::RandomAccessFile> in;
  std::vector<Row> rows;
  std::string text;     // from position spilled on
  int64_t spilled = 0;  // bytes

  Status Spill() {
    if (out == nullptr) {
      ARROW_ASSIGN_OR_RAISE(out, arrow::io::FileOutputStream::Open(spill_path));
      ARROW_ASSIGN_OR_RAISE(in, arrow::io::ReadableFile::Open(spill_path));
    }
    ARROW_RETURN_NOT_OK(out->Write(text));
    spilled += static_cast<int64_t>(text.size());
    text.clear();
    return Status::OK();
  }
  arrow::Result<std::string> TextOf(const Row& row) const {
    const size_t size = size_t{row.rule_bytes} + row.reason_bytes + row.kept_bytes;
    if (row.at >= spilled) return text.substr(static_cast<size_t>(row.at - spilled), size);
    std::string bytes(size, '\0');
    ARROW_RETURN_NOT_OK(in->ReadAt(row.at, static_cast<int64_t>(size), bytes.data()));
    return bytes;
  }
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Group(std::span<const Row> group,
                                                           const std::string& file) const {
    catalogue::BatchBuilder builder(QuarantineColumns(), static_cast<int64_t>(group.size()));
    std::vector<int64_t> offsets;
    std::vector<std::string> rules, reasons;
    arrow::BinaryBuilder kept;
    for (const Row& row : group) {
      ARROW_ASSIGN_OR_RAISE(const std::string bytes, TextOf(row));
      offsets.push_back(row.byte_offset);
      rules.push_back(bytes.substr(0, row.rule_bytes));
      reasons.push_back(bytes.substr(row.rule_bytes, row.reason_bytes));
      ARROW_RETURN_NOT_OK(kept.Append(std::string_view(bytes).substr(row.rule_bytes + row.reason_bytes)));
    }
    ARROW_ASSIGN_OR_RAISE(auto first_bytes, kept.Finish());
    builder.PutConstant("file", file);
    builder.Put("byte_offset", std::move(offsets));
    builder.PutTexts("rule", rules);
    builder.PutTexts("reason", reasons);
    builder.PutArray("first_bytes", std::move(first_bytes));
    return builder.Finish();
  }
};

QuarantineFile::QuarantineFile(Writer* writer) : state_(std::make_unique<State>()) {
  static std::atomic<int> next = 0;
  state_->writer = writer;
  state_->spill_path = writer->staging() + "/quarantine-" + std::to_string(next++);
}

QuarantineFile::~QuarantineFile() {
  std::error_code ignored;
  if (state_->out != nullptr) std::filesystem::remove(state_->spill_path, ignored);
}

int64_t QuarantineFile::rows() const { return static_cast<int64_t>(state_->rows.size()); }

Status QuarantineFile::Add(int64_t byte_offset, std::string_view rule, std::string_view reason,
                           std::string_view bytes) {
  State& state = *state_;
  bytes = bytes.substr(0, kKeptBytes);
  state.rows.push_back({byte_offset, state.spilled + static_cast<int64_t>(state.text.size()),
                        static_cast<uint32_t>(rule.size()), static_cast<uint32_t>(reason.size()),
                        static_cast<uint32_t>(bytes.size())});
  state.text.append(rule).append(reason).append(bytes);
  return state.text.size() > kMemoryBytes ? state.Spill() : Status::OK();
}

Status QuarantineFile::Finish(std::string_view version, const InputIdentity& input) {
  State& state = *state_;
  const std::string path = QuarantinePath(version, input.sha256);
  if (state.rows.empty()) return state.writer->Remove(path);
  if (state.out != nullptr) ARROW_RETURN_NOT_OK(state.out->Flush());
  std::stable_sort(state.rows.begin(), state.rows.end(),
                   [](const Row& a, const Row& b) { return a.byte_offset < b.byte_offset; });
  ARROW_ASSIGN_OR_RAISE(const auto encoder, ParquetEncoder::Make(QuarantineColumns(), kGroupRows));
  for (size_t i = 0; i < state.rows.size(); i += kGroupRows) {
    const auto group = std::span(state.rows).subspan(i, std::min<size_t>(kGroupRows, state.rows.size() - i));
    ARROW_ASSIGN_OR_RAISE(auto batch, state.Group(group, input.name));
    ARROW_RETURN_NOT_OK(encoder->Append(std::move(batch)));
  }
  ARROW_ASSIGN_OR_RAISE(const EncodedFile file, encoder->Finish());
  return state.writer->WriteWhole(path, file.view());
}

}  // namespace ndr::storage
