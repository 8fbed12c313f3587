// SPDX-License-Identifier: Apache-2.0
// What a watch remembers below `<root>/_watch/`: which files which batch has read. A line is added when a
// batch begins and when it ends, so that a watch that was killed goes on with the same files; without the
// memory, delta's commit records tell which files were read (specification 1: name, size and hash of each
// input).
#pragma once

#include <arrow/result.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ndr/pipeline/watch_batches.h"
#include "ndr/storage/object_store.h"
#include "ndr/storage/scratch.h"

namespace ndr::pipeline {

class WatchMemory {
 public:
  /// Of a folder watched into `root` under `version`, each local or on S3. Files that are gone are forgotten.
  static arrow::Result<WatchMemory> Open(const std::string& root, const std::string& version,
                                         const std::string& folder);

  /// Sets `finished` of the files that a batch has read; a file of another size or time is another file.
  void Mark(std::vector<WatchedFile>* files) const;
  /// The newest slot whose batch has begun or is committed.
  std::optional<base::Micros> newest_made() const { return newest_made_; }
  /// The batch that had begun when the last watch ended.
  const std::optional<WatchedBatch>& interrupted() const { return interrupted_; }

  arrow::Status Begin(const WatchedBatch& batch);
  /// Done, or given up.
  arrow::Status End(const WatchedBatch& batch);
  /// A local folder, where the batch's links to its files (copies of objects) stand while it runs.
  const std::string& stage() const { return stage_; }

 private:
  struct Known {
    int64_t bytes = 0;
    base::Micros modified = 0;
  };

  WatchMemory() = default;
  arrow::Status MakeStage(const std::string& root, const std::string& place);
  arrow::Status ReadLines(const std::string& text);
  arrow::Status ReadCommits(const std::string& root, const std::string& version);
  arrow::Status Rewrite() const;
  arrow::Status Append(const std::string& line) const;
  void Finish(const WatchedBatch& batch);

  std::string folder_, path_, stage_;
  // Of a root on S3: objects take no appended lines, so each line is a put of all of them.
  std::shared_ptr<storage::ObjectStore> store_;
  std::string name_;
  mutable std::string text_;
  std::unique_ptr<storage::Scratch> scratch_;
  std::map<std::string, Known> finished_;
  std::optional<WatchedBatch> interrupted_;
  std::optional<base::Micros> newest_made_;
};

/// Every file below a folder (or `s3://bucket/prefix`) with its size and times, in no order. A file that
/// vanishes meanwhile is left out.
arrow::Result<std::vector<WatchedFile>> FilesIn(const std::string& folder);

}  // namespace ndr::pipeline
