// SPDX-License-Identifier: Apache-2.0
// The key columns that the tables of FG-B share.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ndr/baselines/plan.h"
#include "ndr/catalogue/batch.h"

namespace ndr::baselines {

/// The keys of a table's rows, in order; with hosts or without.
class KeyColumns {
 public:
  void Add(size_t group) { groups_.push_back(static_cast<uint32_t>(group)); }
  void Add(size_t group, base::Address address, uint32_t host) {
    Add(group);
    addresses_.push_back(address);
    hosts_.push_back(host);
  }

  size_t size() const { return groups_.size(); }
  size_t group(size_t row) const { return groups_[row]; }
  uint32_t host(size_t row) const { return hosts_[row]; }
  base::Address address(size_t row) const { return addresses_[row]; }

  /// Of host_ip, role, segment_id, time_band, window_label those that `table` has.
  void Put(const Plan& plan, catalogue::Dataset table, const std::string& segment_id,
           catalogue::BatchBuilder* batch) const;
  /// baseline_start_ts, baseline_end_ts, baseline_row_last_update_ts.
  void PutRange(const Range& range, catalogue::BatchBuilder* batch) const;
  /// hosts_cnt, given by group.
  void PutHostsCount(const std::vector<int64_t>& hosts_cnt, catalogue::BatchBuilder* batch) const;

 private:
  std::vector<uint32_t> groups_;
  std::vector<base::Address> addresses_;
  std::vector<uint32_t> hosts_;
};

}  // namespace ndr::baselines
