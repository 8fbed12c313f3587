// SPDX-License-Identifier: Apache-2.0
// Log files as streams of decompressed bytes. How they are cut into lines is the parser's business
// (ingest/block_cutter.h).
#pragma once

#include <arrow/result.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ndr::storage {

struct InputPath {
  std::string path;    ///< local, or `s3://bucket/key`
  int64_t bytes = -1;  ///< as stored; -1: not known
  bool named = false;  ///< by an input of its own, not by a folder or a glob
};

/// What `--input` names: files, folders (all files below them, links followed) and globs (*, ?, [..] in the
/// last parts), local or on S3, as a list of files, sorted by path; a file that is reached in several ways is
/// there once. Inside folders are passed over: names that begin with a dot, folders that begin with an
/// underscore, and roots of results. Something that does not exist or a glob without a match is KeyError and
/// named.
arrow::Result<std::vector<InputPath>> ExpandInputs(const std::vector<std::string>& inputs);

/// What a commit record says of a log file.
struct InputIdentity {
  std::string name;    ///< file name without its folders
  int64_t bytes = 0;   ///< as stored
  std::string sha256;  ///< of the bytes as stored
};

enum class Compression : uint8_t { kNone, kGzip, kZstd };
/// By the first bytes, not by name.
Compression RecogniseCompression(std::string_view head);

/// One pass over a log file: plain, gzip (of any number of members) or zstd (of any number of frames). Memory
/// does not depend on the file's size.
class InputFile {
 public:
  /// A local path, or `s3://bucket/key`. `bytes`: its size as stored where known, which saves a request.
  static arrow::Result<std::unique_ptr<InputFile>> Open(const std::string& path, size_t chunk_bytes = 1 << 20,
                                                        int64_t bytes = -1);
  ~InputFile();

  const std::string& path() const;
  Compression compression() const;
  /// The next decompressed bytes, valid until the next call; empty at the end. A stream that is cut off or
  /// damaged gives what could be read, then SerializationError with the file and the place in it; what can't
  /// be read is IOError.
  arrow::Result<std::string_view> Next();
  /// Compressed bytes consumed so far, for progress.
  int64_t bytes_read() const;
  /// After the end: hash and size come from the same pass. Before: reads the rest of the stored bytes,
  /// without decompressing.
  arrow::Result<InputIdentity> Identity();

 private:
  InputFile();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ndr::storage
