// SPDX-License-Identifier: Apache-2.0
// The FG-A rows of one segment and horizon, turned into columns by group (specification 3, FG-B inputs).
#pragma once

#include <arrow/record_batch.h>
#include <arrow/status.h>

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ndr/base/counters.h"
#include "ndr/base/hash.h"
#include "ndr/baselines/plan.h"

namespace ndr::baselines {

/// The rows of a host in a group.
struct HostSeen {
  int64_t rows = 0;
  base::Micros first = 0, last = 0;  ///< window ends
  int64_t sessions = 0;              ///< sum of sessions_cnt, saturating
};

/// The rows of a (role, band, window): columns, NaN for null, in order of arrival.
struct GroupRows {
  std::vector<uint32_t> host;                ///< index into SegmentRows::hosts()
  std::vector<std::vector<double>> columns;  ///< by Plan::columns()
  std::vector<HostSeen> seen;                ///< by host; may be shorter than hosts()
};

/// Collects batches of FG-A rows in any order and cut; 8 bytes a row and column, 4 for its host. What it
/// holds may be one segment whole or any whole groups of it (say, one window at a time), so long as each
/// group's rows come together.
class SegmentRows {
 public:
  SegmentRows(std::shared_ptr<const Plan> plan, const Range& range);

  /// Takes the rows with start < window_end_ts <= end whose window is covered; counts the others. Invalid: a
  /// missing column, an unknown word, rows of another segment than the first.
  arrow::Status Add(const arrow::RecordBatch& fg_a);

  const Plan& plan() const { return *plan_; }
  const std::string& segment_id() const { return segment_id_; }
  /// Distinct hosts in order of arrival.
  const std::vector<base::Address>& hosts() const { return hosts_; }
  const std::vector<GroupRows>& groups() const { return groups_; }
  bool empty() const { return hosts_.empty(); }
  int64_t memory_bytes() const;
  /// `baseline_rows`, `baseline_rows_uncovered`, `baseline_rows_outside`.
  const base::Counters& counters() const { return counters_; }

 private:
  struct Taken {
    uint32_t row, group, position;
  };
  arrow::Status TakeRows(const arrow::RecordBatch& fg_a, std::vector<Taken>* taken);
  arrow::Status CopyHosts(const arrow::RecordBatch& fg_a, const std::vector<Taken>& taken);
  arrow::Status CopyColumn(const arrow::RecordBatch& fg_a, const std::vector<Taken>& taken, size_t column);

  std::shared_ptr<const Plan> plan_;
  base::Micros start_, end_;
  std::string segment_id_;
  std::vector<base::Address> hosts_;
  boost::unordered_flat_map<base::Address, uint32_t, base::AddressHash> host_index_;
  std::vector<GroupRows> groups_;
  base::Counters counters_;
};

}  // namespace ndr::baselines
