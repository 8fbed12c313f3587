// SPDX-License-Identifier: Apache-2.0
// What a root has committed, and whether it is what today's inputs and configuration would give
// (specification 1, where a hash differs).
#pragma once

#include <arrow/result.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
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
  /// What a run of one batch looks at: of deltas and roll-ups those from `reach` on, of the rest those at
  /// `at`.
  struct Scope {
    base::Micros reach = INT64_MIN, at = INT64_MIN;
  };
  /// Reads the commits of these families; none named: of all. Those outside the scope may be left out.
  static arrow::Result<std::unique_ptr<Published>> Read(const std::string& root, const spec::Context& context,
                                                        const std::vector<std::string_view>& families = {},
                                                        Scope scope = {INT64_MIN, INT64_MIN});

  /// A record for the batch with key, hashes and acting keys filled in; the caller adds inputs, counters and
  /// facts.
  storage::CommitRecord Draft(std::string_view family, std::string id, base::Micros at) const;
  /// The committed record equals the draft in inputs, schema, catalogue and configuration, and in the facts
  /// that the draft has.
  bool IsCurrent(const storage::CommitRecord& draft) const;
  /// Contract violation where a commit was made by another catalogue or under another configuration than
  /// today's; it names the keys with both values and the remedy.
  arrow::Status CheckAgreement(const storage::CommitRecord& record) const;
  /// The same of all commits of a family: how many differ, and the ids that `--replace` is for.
  arrow::Status CheckAgreement(std::string_view family) const;

  /// nullptr: not committed. Valid until the next Put of the key.
  const storage::CommitRecord* Find(std::string_view family, base::Micros at) const;
  /// Commits of a family in [from, to), by time.
  std::vector<const storage::CommitRecord*> Range(std::string_view family, base::Micros from,
                                                  base::Micros to) const;
  void Put(storage::CommitRecord record);
  void Remove(std::string_view family, base::Micros at);

  /// Delta commits of slots up to `last_slot` that may hold rows of slices in [from, to), by slot: the
  /// slices' own ones, and those with late or early records.
  std::vector<const storage::CommitRecord*> Holding(base::Micros from, base::Micros to,
                                                    base::Micros last_slot) const;
  /// The dataset's first slice; nullopt: nothing is committed.
  std::optional<base::Micros> FirstSlice() const;
  /// The first slice with rows of mini-batches of slots up to `last_slot`, which late records may put before
  /// FirstSlice; or the beginning of the reach, where that is later.
  std::optional<base::Micros> FirstRows(base::Micros last_slot) const;
  /// Whether the delta commit of the slot holds rows of other slices.
  bool Straggles(base::Micros slot) const;

  /// The identity of one commit as an input: `delta/20240420T120000Z`.
  static storage::InputEntry AsInput(const storage::CommitRecord& record);
  /// The identity of all commits of a family in [from, to): one hash over theirs, in order; `bytes` is their
  /// number.
  storage::InputEntry RangeAsInput(std::string_view family, base::Micros from, base::Micros to) const;
  /// Of delta, with those outside [from, to) that hold rows of slices inside; all of slots up to `last_slot`.
  storage::InputEntry DeltaAsInput(base::Micros from, base::Micros to, base::Micros last_slot) const;

 private:
  struct Entry {
    storage::CommitRecord record;
    std::string hash;
  };
  using Entries = std::map<base::Micros, Entry>;
  Published() = default;
  const Entries* Of(std::string_view family) const;
  std::set<base::Micros> SlotsHolding(base::Micros from, base::Micros to, base::Micros last_slot) const;
  void Forget(const storage::CommitRecord& record);

  std::string version_;
  std::optional<base::Micros> first_slice_;  // where it was left out
  base::Micros reach_ = INT64_MIN;
  std::map<std::string, storage::CommitRecord, std::less<>> templates_;  // by family: the hashes of today
  mutable std::mutex mutex_;
  std::map<std::string, Entries, std::less<>> entries_;
  std::map<base::Micros, std::set<base::Micros>>
      stragglers_;  // by slice: slots of other batches with rows in it
};

}  // namespace ndr::jobs
