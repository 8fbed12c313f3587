// SPDX-License-Identifier: Apache-2.0
// What was made under another configuration or catalogue than today's (specification 1, where a hash
// differs).
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/spec/project.h"
#include "ndr/storage/commit.h"

namespace ndr::jobs {

/// What a commit record of the family would say today: hashes and acting keys, nothing else.
storage::CommitRecord MadeToday(const spec::Context& context, std::string_view family);

/// Commits of one family that are not as today's would be.
class Disagreement {
 public:
  /// `today` is of MadeToday and outlives this.
  explicit Disagreement(const storage::CommitRecord& today) : today_(today) {}
  /// One commit of the family, in their order.
  void Compare(const storage::CommitRecord& record);

  bool empty() const { return ids_.empty(); }
  size_t commits() const { return commits_; }
  /// Of those that differ.
  const std::vector<std::string>& ids() const { return ids_; }
  /// `calendar.timezone (there "UTC", now "Europe/Prague")`; one key has all its values there. Where all keys
  /// are the same, that the engine's formulas are not.
  std::string KeysInWords() const;
  /// The same as what the commits were made under.
  std::string InWords() const;

 private:
  const storage::CommitRecord& today_;
  size_t commits_ = 0;
  std::vector<std::string> ids_;
  /// By key: canonical JSON, or `absent`.
  std::map<std::string, std::set<std::string>> there_;
};

}  // namespace ndr::jobs
