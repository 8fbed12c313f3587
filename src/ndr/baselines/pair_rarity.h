// SPDX-License-Identifier: Apache-2.0
// How often a source, or its segment, was seen with a destination and port (specification 3, Pair rarity).
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <vector>

#include "ndr/base/counters.h"
#include "ndr/base/hash.h"
#include "ndr/baselines/plan.h"

namespace ndr::baselines {

/// Batches of at most 262,144 rows with the catalogue's schemas of kPairHost and kPairSegment, sorted by
/// source (as a number) or segment id (as text), destination and port.
struct PairTables {
  std::vector<std::shared_ptr<arrow::RecordBatch>> host, segment;
};

/// Sums pairs over a horizon. What it is given may be all sources or those of whole segments; 100 bytes or so
/// a distinct pair while it adds.
class PairRarity {
 public:
  PairRarity(std::shared_ptr<const Plan> plan, const Range& range);

  /// Rows of delta/pair or pair_counts in any order and cut: of both src_ip, dst_ip, dst_port,
  /// slice_start_ts, sessions_cnt are read. Rows outside the horizon and pairs without a service port are
  /// passed over.
  arrow::Status Add(const arrow::RecordBatch& pairs);
  /// Spends the object.
  arrow::Result<PairTables> Finish();
  size_t size() const { return seen_.size(); }
  /// `pair_rows`, `pair_rows_outside`, `pair_rows_without_port`.
  const base::Counters& counters() const { return counters_; }

 private:
  struct Pair {
    base::Address source, destination;
    uint16_t port = 0;
    friend bool operator==(const Pair&, const Pair&) = default;
  };
  struct PairHash {
    using is_avalanching = void;
    size_t operator()(const Pair& p) const {
      return base::Mix(base::Hash(p.source), base::Hash(p.destination) + p.port);
    }
  };
  struct Seen {
    int64_t sessions = 0;
    base::Micros last = 0;
  };
  class Writer;

  std::shared_ptr<const Plan> plan_;
  base::Micros start_, end_;
  size_t day_words_;  // 64 days each, from the day of start_
  boost::unordered_flat_map<Pair, uint32_t, PairHash> index_;
  std::vector<Seen> seen_;
  std::vector<uint64_t> days_;  // [pair][word]
  base::Counters counters_;
};

}  // namespace ndr::baselines
