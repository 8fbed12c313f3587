// SPDX-License-Identifier: Apache-2.0
// Commit records: what makes a batch or a reference visible (specification 1, A run publishes atomically).
#pragma once

#include <arrow/result.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/base/counters.h"
#include "ndr/storage/layout.h"

namespace ndr::storage {

struct FileEntry {
  std::string path;  ///< relative to the root
  int64_t rows = 0;
  int64_t bytes = 0;
  std::string sha256;

  friend bool operator==(const FileEntry&, const FileEntry&) = default;
};

/// A log file (its name, size and the hash of its bytes), or a dataset's commit (`delta/20240420T120000Z`,
/// its hash).
struct InputEntry {
  std::string name;
  int64_t bytes = 0;
  std::string sha256;

  friend bool operator==(const InputEntry&, const InputEntry&) = default;
};

/// The same input gives the same bytes: no times, no memory, no host.
struct CommitRecord {
  CommitKey key;
  base::Micros at = 0;           ///< start of the batch's slice or of the day; FG-B: reference time
  std::vector<FileEntry> files;  ///< by path; filled by Publication
  std::string schema_hash;       ///< of the family's schemas
  std::string catalogue_hash;
  std::string configuration_hash;
  std::map<std::string, std::string> configuration;  ///< the acting keys and their values (spec::ActingKeys)
  std::vector<InputEntry> inputs;                    ///< in the order read
  base::Counters counters;
  std::string reference;  ///< FG-C: the reference used; else empty
  std::map<std::string, std::string>
      facts;  ///< whatever else a reader wants: shares of horizons, no_reference, source

  int64_t rows() const;
  int64_t bytes() const {
    int64_t sum = 0;
    for (const FileEntry& file : files) sum += file.bytes;
    return sum;
  }
  /// Files of one dataset, of one horizon where it is not empty.
  std::vector<FileEntry> FilesOf(catalogue::Dataset dataset, std::string_view horizon = {}) const;
  /// Files of one dataset in one slice: late records lie in earlier ones than the batch's own.
  std::vector<FileEntry> FilesAt(catalogue::Dataset dataset, base::Micros slice) const;
  /// Canonical JSON: sorted keys, one line a member, ends with a newline.
  std::string ToJson() const;
  /// SHA-256 of ToJson(): the identity of this commit as an input of another.
  std::string Hash() const;
  /// `origin` names the text in errors.
  static arrow::Result<CommitRecord> FromJson(std::string_view json, std::string_view origin);
};

/// What stands in the place of a record that was taken back in a store without conditional deletes. `files`:
/// the paths of its files, for whoever follows a writer that died before they were gone. `token` keeps two
/// withdrawals apart.
std::string WithdrawnJson(const CommitKey& key, const std::vector<std::string>& files,
                          const std::string& token);
bool IsWithdrawn(std::string_view json);
/// The files of a withdrawal.
std::vector<std::string> WithdrawnFiles(std::string_view json);

/// SHA-256 over the storage schemas of a family.
std::string SchemaHash(const catalogue::Catalogue& catalogue, std::string_view family);

/// The commit records below a root; reads the store on each call. On S3 through an index by day
/// (commit_index.h).
class CommitLog {
 public:
  explicit CommitLog(std::string root) : root_(std::move(root)) {}

  /// Ids in ascending order; none where nothing was committed.
  arrow::Result<std::vector<std::string>> Ids(std::string_view family, std::string_view version) const;
  /// nullopt where there is none.
  arrow::Result<std::optional<CommitRecord>> Read(const CommitKey& key) const;
  /// In order of `at`, then id. What lies before `from` may be left out, where that saves requests (on S3:
  /// one a day); but where nothing is as late as `from`, the last of what there is comes.
  arrow::Result<std::vector<CommitRecord>> ReadAll(std::string_view family, std::string_view version,
                                                   base::Micros from = INT64_MIN) const;
  /// The same record by record: past the index of an S3 root. Only of a family whose ids are days (lookback)
  /// is anything left out.
  arrow::Result<std::vector<CommitRecord>> ReadEach(std::string_view family, std::string_view version,
                                                    base::Micros from = INT64_MIN) const;
  /// The earliest `at` of a family; nullopt where nothing is committed.
  arrow::Result<std::optional<base::Micros>> First(std::string_view family, std::string_view version) const;

 private:
  std::string root_;
};

}  // namespace ndr::storage
