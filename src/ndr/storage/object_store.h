// SPDX-License-Identifier: Apache-2.0
// Objects below one location, a folder or `s3://bucket/prefix`, through one interface (specification 4,
// Storage).
//
//   ARROW_ASSIGN_OR_RAISE(const auto store, OpenStore("s3://lake/ndr"));
//   ARROW_ASSIGN_OR_RAISE(const auto names, store->Names("_commits/delta/feature_spec_version=v1"));
#pragma once

#include <arrow/result.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arrow::io {
class RandomAccessFile;
}  // namespace arrow::io

namespace ndr::storage {

/// Whether a root, an input or a prefix is an `s3://` one.
bool IsRemote(std::string_view location);
/// Usage error where what `flag` names is a URL: it is written in place, on a disk.
arrow::Status CheckOnDisk(std::string_view flag, std::string_view path);

struct ObjectInfo {
  std::string name;  ///< relative to the store, parts joined by '/'
  int64_t bytes = 0;
  int64_t modified_micros = 0;  ///< by the store's clock, UTC
};

struct UnfinishedUpload {
  std::string name, id;
  int64_t begun_micros = 0;
};

/// An object with what a conditional put needs to know of it.
struct TaggedObject {
  std::string bytes;
  std::string tag;    ///< names this very content (ETag)
  std::string token;  ///< of the run that wrote it; empty where it left none
};

/// Who won a conditional put.
enum class PutOutcome : uint8_t {
  kWritten,  ///< this call, or an earlier try of it whose answer was lost
  kSame,     ///< another writer, who wrote the same bytes
  kLost      ///< another writer
};

/// Thread-safe. Names are relative to the location and never begin with '/'. Errors carry the whole
/// location and the remedy, never a secret: KeyError for a bucket that is not there, IOError otherwise.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  /// As given to OpenStore, without a slash at its end.
  virtual const std::string& location() const = 0;
  /// nullopt where there is none.
  virtual arrow::Result<std::optional<std::string>> Read(const std::string& name) = 0;
  /// For a file that is read in parts. `bytes`: its size where known (a commit record carries it), else -1,
  /// which costs a request more. Small objects come whole with the first read. KeyError where there is none.
  virtual arrow::Result<std::shared_ptr<arrow::io::RandomAccessFile>> Open(const std::string& name,
                                                                           int64_t bytes = -1) = 0;
  /// Names right below a folder ("" for the location itself), of objects and of folders (without a slash),
  /// sorted; none where the folder does not exist.
  virtual arrow::Result<std::vector<std::string>> Names(const std::string& folder) = 0;
  /// All objects below a folder at any depth, sorted by name.
  virtual arrow::Result<std::vector<ObjectInfo>> List(const std::string& folder) = 0;
  /// Whole or not at all; replaces what stood there.
  virtual arrow::Status Put(const std::string& name, std::string_view bytes) = 0;
  /// OK where there is none.
  virtual arrow::Status Remove(const std::string& name) = 0;

  /// Uploads in parts that were begun below the location and never ended, by whatever program: a store bills
  /// their bytes, and no list shows them. None where a store has no such thing.
  virtual arrow::Result<std::vector<UnfinishedUpload>> Uploads() { return std::vector<UnfinishedUpload>(); }
  /// OK where there is none.
  virtual arrow::Status Abort(const UnfinishedUpload&) { return arrow::Status::OK(); }

  /// nullopt where there is none.
  virtual arrow::Result<std::optional<TaggedObject>> ReadTagged(const std::string& name) = 0;
  /// Writes only where the object's tag is still `tag` (nullopt: where no object is), with `token` beside it.
  /// After a refusal or a lost answer the object is read back: own token is kWritten.
  virtual arrow::Result<PutOutcome> PutIf(const std::string& name, std::string_view bytes,
                                          const std::optional<std::string>& tag,
                                          const std::string& token) = 0;
};

/// A folder need not exist. For `s3://bucket/prefix` nothing is asked before the first call; one client a
/// process and bucket. Invalid where the location is neither.
arrow::Result<std::shared_ptr<ObjectStore>> OpenStore(const std::string& location);

/// One object, by itself.
struct StoredObject {
  std::shared_ptr<ObjectStore> store;
  std::string name;
};
/// The store and the name of what a whole path or URL names: `logs/a.json`, `s3://lake/logs/a.json`. Invalid
/// where an `s3://` one has no name.
arrow::Result<StoredObject> Locate(const std::string& path);

/// Requests and bytes of all S3 stores of this process so far, by method (`GET`, `LIST`, `PUT`, `DELETE`,
/// `HEAD`), retries included.
struct Traffic {
  struct Kind {
    std::string method;
    int64_t requests = 0, bytes_sent = 0, bytes_received = 0;
  };
  std::vector<Kind> kinds;  ///< by method; none where nothing was asked
};
Traffic TrafficSoFar();

}  // namespace ndr::storage
