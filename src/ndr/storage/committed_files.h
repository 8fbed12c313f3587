// SPDX-License-Identifier: Apache-2.0
// Everything that a root's commit records list, and what else lies beside it (`ndr gc`, `ndr verify`).
#pragma once

#include <arrow/result.h>

#include <functional>
#include <string>
#include <vector>

#include "ndr/base/time.h"
#include "ndr/storage/commit.h"
#include "ndr/storage/object_store.h"

namespace ndr::storage {

/// A commit record as it stands.
struct StoredRecord {
  std::string name;     ///< relative to the root
  CommitRecord record;  ///< without files where it was withdrawn
};

/// Called with (done, total) from one thread at a time; false ends the work with Cancelled.
using FilesProgress = std::function<bool(int64_t done, int64_t total)>;

/// Reads a record's text; without files where it says `withdrawn`.
arrow::Result<CommitRecord> RecordOf(const std::string& text, const std::string& origin);
/// All commit records of all families and versions, by name; an error where one cannot be read or is none.
arrow::Result<std::vector<StoredRecord>> ReadRecords(ObjectStore* store, int threads);

/// Something below a root that no reader will ever see.
struct Garbage {
  enum class Kind : uint8_t { kStaging, kData, kUpload };
  Kind kind = Kind::kStaging;
  std::string name;  ///< relative to the root
  int64_t bytes = 0;
  base::Micros since = 0;  ///< when it was last written, or begun
  std::string upload_id;   ///< kUpload
};

/// Of what was last written before `before`: files in staging whose writer is not alive, files below the
/// datasets that no commit record lists, and unfinished uploads; by kind and name. Locks, reports,
/// quarantine and what others keep below the root are never garbage.
arrow::Result<std::vector<Garbage>> FindGarbage(ObjectStore* store, base::Micros before, int threads);
/// Removes what is still garbage now: the commit records are read once more before. Returns what is gone.
arrow::Result<std::vector<Garbage>> RemoveGarbage(ObjectStore* store, const std::vector<Garbage>& garbage,
                                                  int threads);

/// A committed file that is not what its commit record says.
struct Difference {
  std::string commit, file;  ///< relative to the root
  std::string what;          ///< `does not exist`, `has 3 bytes, not 5`, `differs in its SHA-256`
};
struct Verification {
  int64_t commits = 0, files = 0, bytes = 0;  ///< that were looked at
  std::vector<Difference> differences;        ///< by commit and file
};
/// Reads every committed file again and compares it with its record: size and SHA-256. A batch that is
/// replaced meanwhile is looked at again. `progress`: in bytes.
arrow::Result<Verification> Verify(ObjectStore* store, int threads, const FilesProgress& progress);

}  // namespace ndr::storage
