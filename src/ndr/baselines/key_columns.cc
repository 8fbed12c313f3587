// SPDX-License-Identifier: Apache-2.0
#include "ndr/baselines/key_columns.h"

#include <utility>

namespace ndr::baselines {

void KeyColumns::Put(const Plan& plan, catalogue::Dataset table, const std::string& segment_id,
                     catalogue::BatchBuilder* batch) const {
  std::vector<int32_t> roles, bands, windows;
  for (const uint32_t group : groups_) {
    roles.push_back(static_cast<int32_t>(plan.RoleOf(group)));
    bands.push_back(static_cast<int32_t>(plan.BandOf(group)));
    windows.push_back(static_cast<int32_t>(plan.WindowOf(group)));
  }
  const std::vector<std::string> role_words(catalogue::kRoleNames.begin(), catalogue::kRoleNames.end());
  const std::vector<std::string> band_words(base::kTimeBandNames.begin(), base::kTimeBandNames.end());
  std::vector<std::string> window_words;
  for (const catalogue::Window& window : plan.context().catalogue->windows())
    window_words.push_back(window.label);
  const bool of_segment = table == catalogue::Dataset::kFgBSegment,
             of_all = table == catalogue::Dataset::kFgBGlobal;
  if (!of_segment && !of_all) batch->PutAddresses("host_ip", addresses_);
  if (!of_all) batch->PutConstant("segment_id", segment_id);
  batch->PutWords("role", roles, role_words);
  batch->PutWords("time_band", bands, band_words);
  batch->PutWords("window_label", windows, window_words);
}

void KeyColumns::PutRange(const Range& range, catalogue::BatchBuilder* batch) const {
  batch->Put("baseline_start_ts", std::vector<int64_t>(size(), range.start));
  batch->Put("baseline_end_ts", std::vector<int64_t>(size(), range.end));
  batch->Put("baseline_row_last_update_ts", std::vector<int64_t>(size(), range.reference));
}

void KeyColumns::PutHostsCount(const std::vector<int64_t>& hosts_cnt, catalogue::BatchBuilder* batch) const {
  std::vector<int64_t> column;
  for (const uint32_t group : groups_) column.push_back(hosts_cnt[group]);
  batch->Put("hosts_cnt", std::move(column));
}

}  // namespace ndr::baselines
