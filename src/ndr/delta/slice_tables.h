// SPDX-License-Identifier: Apache-2.0
// The host and pair partials of one slice while they grow.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <span>
#include <vector>

#include "ndr/base/address.h"
#include "ndr/base/hash.h"
#include "ndr/base/time.h"
#include "ndr/catalogue/words.h"
#include "ndr/delta/input.h"
#include "ndr/spec/project.h"

namespace ndr::delta {

struct HostRow {
  base::Address host;
  catalogue::Role role = catalogue::Role::kOutbound;
  base::Micros duration = 0;
  std::array<int64_t, base::kMinutesPerSlice> per_minute{};
};

struct PairRow {
  uint32_t source = 0, destination = 0;  ///< numbers of addresses
  int32_t port = -1;                     ///< -1: none
  int64_t sessions = 0, bytes_src = 0, bytes_dst = 0, deny = 0, failed = 0, replied = 0;
  base::Micros first = 0, last = 0;
  uint16_t active_minutes = 0;
};

/// Adds rows of one slice in any order: sums are the same for every order.
class SliceTables {
 public:
  SliceTables(const spec::Context& context, base::Micros slice_start);

  /// Row `row` of `batch`, which starts in this slice.
  void Add(const InputBatch& batch, size_t row);

  base::Micros slice_start() const { return slice_start_; }
  const std::vector<HostRow>& hosts() const { return hosts_; }
  /// The additive columns of a host row, in the order of Catalogue::delta_counts().
  std::span<const int64_t> Counts(size_t host) const { return {counts_.data() + host * width_, width_}; }
  const std::vector<PairRow>& pairs() const { return pairs_; }
  /// Addresses by their numbers.
  const std::vector<base::Address>& addresses() const { return addresses_; }

 private:
  struct PairKey {
    uint64_t addresses;
    int32_t port;
    friend bool operator==(const PairKey&, const PairKey&) = default;
  };
  struct PairKeyHash {
    using is_avalanching = void;
    size_t operator()(const PairKey& k) const {
      return base::Mix(k.addresses, static_cast<uint64_t>(k.port));
    }
  };
  // What one record adds to each of its host rows.
  struct Share {
    uint64_t counts = 0;  // bit i: column i counts
    int32_t port = -1;    // service port of a session
    int64_t repeat = 1, bytes_src = 0, bytes_dst = 0;
    base::Micros duration = 0;
    int minute = -1;  // of a session
  };

  uint32_t NumberOf(base::Address address);
  size_t HostRowOf(uint32_t address, catalogue::Role role);
  void AddToHost(size_t host, const Share& share);
  Share ShareOf(const InputBatch& batch, size_t row) const;
  void AddToPair(const InputBatch& batch, size_t row, uint32_t source, uint32_t destination,
                 const Share& share);

  const spec::Context& context_;
  const base::Micros slice_start_;
  const size_t width_;
  boost::unordered_flat_map<base::Address, uint32_t, base::AddressHash> numbers_;
  std::vector<base::Address> addresses_;
  std::vector<std::array<int32_t, catalogue::kRoles>>
      host_rows_;  // by address: its rows; -1 none yet, kNotAHost
  std::vector<HostRow> hosts_;
  std::vector<int64_t> counts_;
  boost::unordered_flat_map<PairKey, uint32_t, PairKeyHash> pair_rows_;
  std::vector<PairRow> pairs_;
};

}  // namespace ndr::delta
