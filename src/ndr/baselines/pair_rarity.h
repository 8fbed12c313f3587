// SPDX-License-Identifier: Apache-2.0
// How often a source, or its segment, was seen with a destination and port (specification 3, Pair rarity).
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ndr/base/counters.h"
#include "ndr/base/hash.h"
#include "ndr/baselines/plan.h"

namespace ndr::baselines {

/// Batches of at most 262,144 rows with the catalogue's schemas of kPairHost and kPairSegment, sorted by
/// segment id of the source (as text), then source (as a number), destination and port.
struct PairTables {
  std::vector<std::shared_ptr<arrow::RecordBatch>> host, segment;
};

/// Sums pairs over a horizon, segment by segment in bounded memory: some 450 bytes a distinct pair until its
/// tables are gone. Beyond `max_pairs` it forgets the last segments, which another pass then takes; a segment
/// is never divided. The tables of the passes, one after the other, are those of a single one.
class PairRarity {
 public:
  /// Takes pairs of sources whose segments are not before `first`.
  PairRarity(std::shared_ptr<const Plan> plan, const Range& range, std::string first = "",
             size_t max_pairs = SIZE_MAX);

  /// Rows of delta/pair or pair_counts in any order and cut: of both src_ip, dst_ip, dst_port,
  /// slice_start_ts, sessions_cnt are read. Rows outside the horizon and pairs without a service port are
  /// passed over.
  arrow::Status Add(const arrow::RecordBatch& pairs);
  /// The segment to begin the next pass with, once all rows were added; nullopt: there is none.
  const std::optional<std::string>& next() const { return next_; }
  /// Spends the object.
  arrow::Result<PairTables> Finish();
  /// `pair_rows`, `pair_rows_outside`, `pair_rows_without_port`; those of all passes add up to a single
  /// one's. After Finish.
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
    int64_t rows = 0, sessions = 0;
    base::Micros last = 0;
  };
  class Writer;
  struct Line;
  // The segment of a source, as an index into segments_.
  uint32_t SegmentOf(base::Address source);
  bool Takes(base::Address source);
  void ForgetLastSegments();
  std::vector<Line> Lines();

  std::shared_ptr<const Plan> plan_;
  std::string first_;
  size_t max_pairs_;
  std::optional<std::string> next_;
  bool one_segment_ = false;  // cannot forget more
  boost::unordered_flat_map<base::Address, uint32_t, base::AddressHash> segment_of_;
  std::vector<std::string> segments_;
  std::map<std::string, uint32_t, std::less<>> segment_numbers_;
  base::Micros start_, end_;
  size_t day_words_;  // 64 days each, from the day of start_
  boost::unordered_flat_map<Pair, uint32_t, PairHash> index_;
  std::vector<Seen> seen_;
  std::vector<uint64_t> days_;  // [pair][word]
  base::Counters counters_;
};

}  // namespace ndr::baselines
