// SPDX-License-Identifier: Apache-2.0
// The order in which records go out: of one entity never two at a time, and the older first (specification 4,
// Feature store).
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ndr/feature_store/record.h"

namespace ndr::feature_store {

/// A record on its way.
struct RemoteItem {
  std::shared_ptr<const Group> group;
  std::shared_ptr<const Records> records;
  size_t row = 0;        ///< in `records`
  int unit = 0;          ///< RemoteLedger's number
  int64_t file_row = 0;  ///< in the unit
  std::string entity;    ///< group and identifier
  base::Micros event_time = 0;
  int attempts = 0;
  base::Micros first_try = 0;
  bool alone = false;  ///< a request that held it was refused as a whole, and one entry is at fault
};

/// Each item is waiting in line behind its entity's older ones, ready, out (Take), or to be tried again
/// later. One thread at a time.
class SendQueue {
 public:
  void Add(RemoteItem item);
  /// Up to `most` that are ready, each of another entity; one that must go alone goes alone. Empty: none is.
  std::vector<RemoteItem> Take(size_t most, base::Micros now);
  /// The item that was out is settled: the next one of its entity is ready.
  void Done(const RemoteItem& item);
  /// The item that was out is ready again at that time; its entity's others wait.
  void Again(RemoteItem item, base::Micros at);

  /// When the first one that is to be tried again is due; nullopt where something is ready, or nothing waits.
  std::optional<base::Micros> NextDue() const;
  bool HasReady() const { return !ready_.empty() || !alone_.empty(); }
  /// All that are not settled.
  size_t size() const { return size_; }

 private:
  void Ready(RemoteItem item, bool first);

  std::unordered_map<std::string, std::deque<RemoteItem>> lines_;  ///< behind the one that is ready or out
  std::deque<RemoteItem> ready_, alone_;
  std::multimap<base::Micros, RemoteItem> later_;
  size_t size_ = 0;
};

}  // namespace ndr::feature_store
