// SPDX-License-Identifier: Apache-2.0
// What stands behind a Reference: dense tables over (slot, role, band, window), hash tables over pairs.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/base/hash.h"
#include "ndr/reference/reference.h"

namespace ndr::reference {

inline constexpr uint32_t kNoSlot = ~uint32_t{0};

struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

struct Reference::Names {
  boost::unordered_flat_map<base::Address, Id, base::AddressHash> addresses;
  boost::unordered_flat_map<std::string, Id, TextHash, std::equal_to<>> segments;

  Id Intern(base::Address address) {
    return addresses.try_emplace(address, static_cast<Id>(addresses.size())).first->second;
  }
  Id Intern(std::string_view segment) {
    const auto it = segments.find(segment);
    return it != segments.end() ? it->second
                                : segments.emplace(segment, static_cast<Id>(segments.size())).first->second;
  }
};

/// Rows of one level; `row_of` leads from a cell (slot and group) to its row.
struct LevelTable {
  size_t metrics = 0;
  std::vector<uint32_t> row_of;
  std::vector<Baseline> cells;  // [row][metric]
  std::vector<int64_t> hosts_cnt;

  BaselineRow Row(size_t cell) const {
    if (cell >= row_of.size() || row_of[cell] == kNoSlot) return {};
    const size_t row = row_of[cell];
    return {cells.data() + row * metrics, hosts_cnt[row]};
  }
};

struct PairKey {
  Id from;  // a source's address or its segment
  Id to;
  uint16_t port;
  friend bool operator==(const PairKey&, const PairKey&) = default;
};
struct PairKeyHash {
  using is_avalanching = void;
  size_t operator()(const PairKey& key) const {
    return base::Mix(uint64_t{key.from} << 32 | key.to, key.port);
  }
};
using PairTable = boost::unordered_flat_map<PairKey, PairRow, PairKeyHash>;

struct Horizon::Tables {
  std::string label;
  base::Micros start = 0, end = 0;
  size_t windows = 0, groups = 0;

  std::vector<uint32_t> slot_of;  // by address id: hosts alone have a slot
  uint32_t slots = 0;
  LevelTable hosts, segments, global;
  std::vector<HostRow> metadata;  // by cell of a host
  PairTable host_pairs, segment_pairs;
  std::vector<bool> is_destination;  // by address id

  size_t Group(catalogue::Role role, base::TimeBand band, int window) const {
    return (static_cast<size_t>(role) * base::kTimeBands + static_cast<size_t>(band)) * windows +
           static_cast<size_t>(window);
  }
  uint32_t HostSlot(Id host) const { return host < slot_of.size() ? slot_of[host] : kNoSlot; }
  static PairRow Find(const PairTable& table, const PairKey& key) {
    const auto it = table.find(key);
    return it == table.end() ? PairRow{} : it->second;
  }
};

}  // namespace ndr::reference
