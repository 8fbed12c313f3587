// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/input.h"

#include <arrow/io/interfaces.h>

#include <filesystem>

#include "ndr/base/hash.h"
#include "ndr/storage/decoder.h"
#include "ndr/storage/object_store.h"

namespace ndr::storage {
namespace {

using arrow::Status;

// Compressed bytes read at a time: S3 takes a while to begin an answer.
constexpr int64_t kReadBytes = 1 << 18, kRemoteReadBytes = 8 << 20;

std::string ReasonOf(const Status& status) {
  return status.message() + (status.detail() == nullptr ? "" : ": " + status.detail()->ToString());
}

}  // namespace

Compression RecogniseCompression(std::string_view head) {
  if (head.starts_with("\x1f\x8b")) return Compression::kGzip;
  // The second is of a frame to be skipped, with which parallel compressors begin.
  const bool skippable = head.size() >= 4 && (head[0] & 0xf0) == 0x50 && head.substr(1, 3) == "\x2a\x4d\x18";
  if (head.starts_with("\x28\xb5\x2f\xfd") || skippable) return Compression::kZstd;
  return Compression::kNone;
}

struct InputFile::State {
  std::string path;
  size_t chunk_bytes = 0;
  std::shared_ptr<arrow::io::RandomAccessFile> file;
  int64_t read_bytes = kReadBytes;
  base::Sha256 hash;
  int64_t bytes_read = 0;
  std::string stored;          // bytes as stored, the last ones read
  std::string_view undecoded;  // of `stored`
  bool at_end = false;         // of the stored bytes
  Compression compression = Compression::kNone;
  std::unique_ptr<Decoder> decoder;
  std::string chunk;
  Status failure;  // comes after the bytes before it
  std::string sha256;

  // Reads on when everything read so far is decoded.
  Status Refill() {
    if (!undecoded.empty() || at_end) return Status::OK();
    stored.resize(static_cast<size_t>(read_bytes));
    const auto n = file->ReadAt(bytes_read, read_bytes, stored.data());
    if (!n.ok()) return Status::IOError("cannot read ", path, ": ", ReasonOf(n.status()));
    stored.resize(static_cast<size_t>(*n));
    undecoded = stored;
    at_end = *n == 0;
    hash.Update(stored);
    bytes_read += *n;
    return Status::OK();
  }

  // Decodes until the chunk is full or the input ends.
  Status Fill() {
    size_t filled = 0;
    chunk.resize(chunk_bytes);
    Status status;
    while (filled < chunk.size()) {
      status = Refill();
      if (!status.ok()) break;
      if (undecoded.empty()) {
        if (!decoder->complete())
          status = Status::SerializationError(path, ": the compressed stream is cut off after ", bytes_read,
                                              " bytes; the file is not complete");
        break;
      }
      status = decoder->Decode(&undecoded, chunk.data(), chunk.size(), &filled);
      if (!status.ok()) {
        status = status.WithMessage(path, ": ", status.message(), " before byte ",
                                    bytes_read - static_cast<int64_t>(undecoded.size()));
        break;
      }
    }
    chunk.resize(filled);
    return status;
  }
};

InputFile::InputFile() : state_(std::make_unique<State>()) {}
InputFile::~InputFile() = default;
const std::string& InputFile::path() const { return state_->path; }
Compression InputFile::compression() const { return state_->compression; }
int64_t InputFile::bytes_read() const { return state_->bytes_read; }

arrow::Result<std::unique_ptr<InputFile>> InputFile::Open(const std::string& path, size_t chunk_bytes,
                                                          int64_t bytes) {
  std::unique_ptr<InputFile> file(new InputFile());
  State& state = *file->state_;
  state.path = path;
  state.chunk_bytes = chunk_bytes;
  state.read_bytes = IsRemote(path) ? kRemoteReadBytes : kReadBytes;
  ARROW_ASSIGN_OR_RAISE(const StoredObject object, Locate(path));
  const auto opened = object.store->Open(object.name, bytes);
  if (!opened.ok()) return Status::IOError("cannot open ", path, ": ", ReasonOf(opened.status()));
  state.file = *opened;
  ARROW_RETURN_NOT_OK(state.Refill());
  state.compression = RecogniseCompression(state.undecoded);
  state.decoder = Decoder::Make(state.compression);
  return file;
}

arrow::Result<std::string_view> InputFile::Next() {
  ARROW_RETURN_NOT_OK(state_->failure);
  state_->failure = state_->Fill();
  if (state_->chunk.empty()) ARROW_RETURN_NOT_OK(state_->failure);
  return state_->chunk;
}

arrow::Result<InputIdentity> InputFile::Identity() {
  State& state = *state_;
  while (!state.at_end) {
    state.undecoded = {};
    ARROW_RETURN_NOT_OK(state.Refill());
  }
  if (state.sha256.empty()) state.sha256 = state.hash.Hex();
  return InputIdentity{std::filesystem::path(state.path).filename().string(), state.bytes_read, state.sha256};
}

}  // namespace ndr::storage
