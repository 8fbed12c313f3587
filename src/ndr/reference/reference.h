// SPDX-License-Identifier: Apache-2.0
// A published reference (FG-B of all horizons at one reference time) in memory, for those who judge rows by
// it (specification 3, FG-C and findings). Texts and addresses become numbers once; every look-up after that
// is an index.
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <bitset>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/base/address.h"
#include "ndr/base/calendar.h"
#include "ndr/base/time.h"
#include "ndr/catalogue/catalogue.h"

namespace ndr::reference {

/// The statistics of one key and metric. NaN stands for null: no slice of the key has a value of the metric.
struct Baseline {
  double median, p25, p75, p95, p99, mad, iqr;
  int64_t support : 63;
  uint64_t is_cold : 1;  ///< cold_start_flag

  bool has_median() const { return median == median; }
};
static_assert(sizeof(Baseline) == 64, "one cache line a metric");

/// A row of the host, segment or global table: `metrics[i]` is that of catalogue->baselined()[i].
struct BaselineRow {
  const Baseline* metrics = nullptr;
  int64_t hosts_cnt = 0;  ///< 1 in the host table

  explicit operator bool() const { return metrics != nullptr; }
};

/// What ip_metadata says of a host in one role, band and window.
struct HostRow {
  int64_t sessions_total = 0;
  bool exists = false;  ///< false: the table has no such row
  bool is_cold_start = true;
};

/// What a pair table says of a pair; absent pairs have seen 0.
struct PairRow {
  int64_t seen = 0;
  base::Micros last_seen = 0;  ///< a slice's end
  int32_t active_days = 0;
};

/// Number of an address or of a segment in a Reference; kNoId: the reference does not know it. All look-ups
/// take kNoId.
using Id = uint32_t;
inline constexpr Id kNoId = ~Id{0};

/// One horizon. `window` is an index into catalogue->windows(). Every look-up is O(1).
class Horizon {
 public:
  Horizon();
  Horizon(Horizon&&) noexcept;
  Horizon& operator=(Horizon&&) noexcept;
  ~Horizon();

  const std::string& label() const;
  base::Micros start() const;
  base::Micros end() const;

  BaselineRow Host(Id host, catalogue::Role role, base::TimeBand band, int window) const;
  BaselineRow Segment(Id segment, catalogue::Role role, base::TimeBand band, int window) const;
  BaselineRow Global(catalogue::Role role, base::TimeBand band, int window) const;
  HostRow Metadata(Id host, catalogue::Role role, base::TimeBand band, int window) const;
  /// Of pair/host: the pair of a source, a destination and a service port.
  PairRow PairOfHost(Id source, Id destination, uint16_t port) const;
  /// Of pair/segment: the pair of the source's segment.
  PairRow PairOfSegment(Id segment, Id destination, uint16_t port) const;
  /// The address is a dst_ip of the horizon's pair counts.
  bool IsDestination(Id address) const;

  struct Tables;

 private:
  friend class Builder;
  std::unique_ptr<Tables> tables_;
};

/// Immutable; safe to share between threads.
class Reference {
 public:
  ~Reference();

  base::Micros reference_ts() const { return reference_ts_; }
  /// In the order in which they were added.
  const std::vector<Horizon>& horizons() const { return horizons_; }
  /// Index into horizons(): the least and the greatest length (equal ones: the first). There is at least one
  /// horizon.
  size_t shortest() const { return shortest_; }
  size_t longest() const { return longest_; }
  /// One number for all horizons and tables; O(1) hashing.
  Id AddressId(base::Address address) const;
  Id SegmentId(std::string_view segment_id) const;

  struct Names;

 private:
  friend class Builder;
  Reference();
  base::Micros reference_ts_ = 0;
  std::vector<Horizon> horizons_;
  size_t shortest_ = 0, longest_ = 0;
  std::unique_ptr<Names> names_;
};

/// Collects the tables' batches (in any order and cut; the catalogue's schemas, addresses as 16 bytes) into a
/// Reference.
class Builder {
 public:
  /// `host_bands`: host rows of other bands are passed over, so that a batch of one band needs a sixth of the
  /// memory (64 bytes a row and baselined metric); what stands in the other tables is taken whole.
  Builder(std::shared_ptr<const catalogue::Catalogue> catalogue, base::Micros reference_ts,
          std::bitset<base::kTimeBands> host_bands = ~std::bitset<base::kTimeBands>());
  ~Builder();

  /// The horizon's number for Add.
  size_t AddHorizon(std::string label, base::Micros start, base::Micros end);
  /// `table` is one of kFgBHost, kFgBSegment, kFgBGlobal, kIpMetadata, kPairHost, kPairSegment. A key that
  /// came before, an unknown role, band or window label, or a missing column is Invalid.
  arrow::Status Add(size_t horizon, catalogue::Dataset table, const arrow::RecordBatch& rows);
  /// Spends the builder. Invalid without a horizon.
  arrow::Result<std::shared_ptr<const Reference>> Finish();

 private:
  arrow::Status AddTable(size_t horizon, catalogue::Dataset table, const arrow::RecordBatch& rows);
  arrow::Status AddHosts(Horizon::Tables* tables, catalogue::Dataset table, const arrow::RecordBatch& rows);
  arrow::Status AddLevel(Horizon::Tables* tables, catalogue::Dataset table, const arrow::RecordBatch& rows);

  std::shared_ptr<const catalogue::Catalogue> catalogue_;
  std::bitset<base::kTimeBands> host_bands_;
  std::shared_ptr<Reference> reference_;
};

}  // namespace ndr::reference
