// SPDX-License-Identifier: Apache-2.0
// What a project's configuration means for its baselines (specification 3, FG-B; 4, keys of fg_b).
#pragma once

#include <arrow/result.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/base/calendar.h"
#include "ndr/spec/project.h"

namespace ndr::baselines {

/// Weight of a slice that is not capped; weights are thousandths.
inline constexpr int64_t kFullWeight = 1000;

/// A column of FG-A that is read: the baselined metrics in catalogue order, then key metrics of the capping
/// that are not.
struct PlanColumn {
  const catalogue::ProjectMetric* metric;
  std::vector<int64_t> support_min;  ///< s, by window
};

/// Immutable; shared by threads.
class Plan {
 public:
  /// Invalid, with the key: a metric that is unknown or can't be baselined, a window that is unknown, a
  /// required metric that is not baselined, w_anom outside 0..1.
  static arrow::Result<std::shared_ptr<const Plan>> Make(std::shared_ptr<const spec::Context> context);

  const spec::Context& context() const { return *context_; }
  const std::vector<PlanColumn>& columns() const { return columns_; }
  /// The first columns are the baselined ones.
  size_t baselined() const { return context_->catalogue->baselined().size(); }
  /// Indices into columns().
  const std::vector<size_t>& key_columns() const { return key_columns_; }
  const std::vector<size_t>& required_columns() const { return required_columns_; }

  /// A group is a (role, time band, window); groups are ordered in this way, windows by length.
  size_t groups() const { return size_t{catalogue::kRoles} * base::kTimeBands * windows(); }
  size_t windows() const { return context_->catalogue->windows().size(); }
  size_t Group(catalogue::Role role, base::TimeBand band, size_t window) const {
    return (static_cast<size_t>(role) * base::kTimeBands + static_cast<size_t>(band)) * windows() + window;
  }
  size_t WindowOf(size_t group) const { return group % windows(); }
  base::TimeBand BandOf(size_t group) const {
    return static_cast<base::TimeBand>(group / windows() % base::kTimeBands);
  }
  catalogue::Role RoleOf(size_t group) const {
    return static_cast<catalogue::Role>(group / windows() / base::kTimeBands);
  }

 private:
  explicit Plan(std::shared_ptr<const spec::Context> context) : context_(std::move(context)) {}
  arrow::Result<size_t> Column(const std::string& metric, std::string_view key);

  std::shared_ptr<const spec::Context> context_;
  std::vector<PlanColumn> columns_;
  std::vector<size_t> key_columns_, required_columns_;
};

/// A horizon at one reference time. Rows of it have start < window_end_ts <= end.
struct Range {
  std::string label;
  base::Micros start = 0, end = 0;
  base::Micros reference = 0;
};

}  // namespace ndr::baselines
