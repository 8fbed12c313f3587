// SPDX-License-Identifier: Apache-2.0
// What a root has committed, and whether it is what today's inputs and configuration would give
// (specification 1, where a hash differs).
#pragma once

#include <arrow/result.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/spec/project.h"
#include "ndr/storage/commit.h"
#include "ndr/storage/publication.h"

namespace ndr::jobs {

/// The commits of one version below a root, read once and kept up to date with what this run publishes.
/// Thread-safe.
class Published {
 public:
  static arrow::Result<std::unique_ptr<Published>> Read(const std::string& root,
                                                        const spec::Context& context);

  /// A record for the batch with key, hashes and acting keys filled in; the caller adds inputs, counters and
  /// facts.
  storage::CommitRecord Draft(std::string_view family, std::string id, base::Micros at) const;
  /// The committed record equals the draft in inputs, schema, catalogue and configuration, and in the facts
  /// that the draft has.
  bool IsCurrent(const storage::CommitRecord& draft) const;
  /// nullptr: not committed. Valid until the next Put of the key.
  const storage::CommitRecord* Find(std::string_view family, base::Micros at) const;
  /// Commits of a family in [from, to), by time.
  std::vector<const storage::CommitRecord*> Range(std::string_view family, base::Micros from,
                                                  base::Micros to) const;
  void Put(storage::CommitRecord record);
  void Remove(std::string_view family, base::Micros at);

  /// The identity of one commit as an input: `delta/20240420T120000Z`.
  static storage::InputEntry AsInput(const storage::CommitRecord& record);
  /// The identity of all commits of a family in [from, to): one hash over theirs, in order; `bytes` is their
  /// number.
  storage::InputEntry RangeAsInput(std::string_view family, base::Micros from, base::Micros to) const;

 private:
  struct Entry {
    storage::CommitRecord record;
    std::string hash;
  };
  Published() = default;

  std::string version_;
  std::map<std::string, storage::CommitRecord, std::less<>> templates_;  // by family: the hashes of today
  mutable std::mutex mutex_;
  std::map<std::string, std::map<base::Micros, Entry>, std::less<>> entries_;
};

}  // namespace ndr::jobs
