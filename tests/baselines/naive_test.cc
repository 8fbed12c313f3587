// SPDX-License-Identifier: Apache-2.0
// The tables against an implementation straight from the definitions, on random rows.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "fg_a_rows.h"
#include "memory_spill.h"
#include "ndr/baselines/global_table.h"

namespace ndr::baselines {
namespace {

constexpr int64_t kStart = 1000, kLength = 60;
const Range kRange{"all", AtSlice(kStart), AtSlice(kStart + kLength), AtSlice(kStart + kLength)};
const std::vector<std::string> kMetrics = {"sessions_cnt", "bytes_src_sum", "deny_ratio"};
const std::map<std::string, double> kResolution = {
    {"sessions_cnt", 1}, {"bytes_src_sum", 1024}, {"deny_ratio", 0.01}};

using Weighted = std::vector<std::pair<double, int64_t>>;
using Key = std::string;
using Keyed = std::function<Key(const FgARow&)>;

std::string GroupOf(const FgARow& row) {
  return fmt::format("{}|{}|{}", catalogue::kRoleNames[static_cast<size_t>(row.role)],
                     base::kTimeBandNames[static_cast<size_t>(row.band)], row.window);
}
Key HostKey(const FgARow& row) { return fmt::format("{}|{}|{}", row.host, row.segment, GroupOf(row)); }
Key SegmentKey(const FgARow& row) { return fmt::format("{}|{}", row.segment, GroupOf(row)); }
Key GlobalKey(const FgARow& row) { return GroupOf(row); }

double Quantile(Weighted values, int percent) {
  std::sort(values.begin(), values.end());
  int64_t total = 0, sum = 0;
  for (const auto& value : values) total += value.second;
  for (const auto& [x, w] : values) {
    sum += w;
    if (sum * 100 >= total * percent) return x;
  }
  return NAN;
}

struct Statistics {
  double median = NAN, p25 = NAN, p75 = NAN, p95 = NAN, p99 = NAN, mad = NAN, iqr = NAN;
  int64_t support = 0;
};

Statistics Of(const Weighted& values) {
  Statistics s;
  if (values.empty()) return s;
  s = {Quantile(values, 50),
       Quantile(values, 25),
       Quantile(values, 75),
       Quantile(values, 95),
       Quantile(values, 99),
       0,
       0,
       static_cast<int64_t>(values.size())};
  Weighted distances;
  for (const auto& [x, w] : values) distances.emplace_back(std::abs(x - s.median), w);
  s.mad = Quantile(distances, 50);
  s.iqr = s.p75 - s.p25;
  return s;
}

class Naive {
 public:
  Naive(const std::vector<FgARow>& rows, const spec::Project& project,
        std::function<int64_t(const FgARow&)> b)
      : rows_(rows), project_(project), b_(std::move(b)) {
    for (const FgARow& row : rows) {
      segment_weight_.push_back(Odd(row, false) ? project.capping.w_anom_thousandths : 1000);
      host_weight_.push_back(Odd(row, !project.capping.at_segment_level) ? project.capping.w_anom_thousandths
                                                                         : 1000);
    }
  }
  Statistics Weigh(const Keyed& keyed, const Key& key, const std::string& metric, bool by_host) const {
    Weighted values;
    for (size_t i = 0; i < rows_.size(); ++i) {
      const int64_t w = by_host ? host_weight_[i] : segment_weight_[i];
      const double x = rows_[i].values.at(metric);
      if (keyed(rows_[i]) == key && !std::isnan(x) && w > 0) values.emplace_back(x, w);
    }
    return Of(values);
  }
  bool IsCold(const FgARow& row, int64_t support) const {
    return static_cast<double>(support) <
           std::max(8.0, std::min<double>(static_cast<double>(project_.support_min.by_default),
                                          static_cast<double>(b_(row)) / 2));
  }

 private:
  bool Odd(const FgARow& row, bool by_host) const {
    for (const char* metric : {"sessions_cnt", "deny_ratio"}) {
      const double x = row.values.at(metric);
      Statistics norm = Equal(HostKey, HostKey(row), metric);
      if (!by_host || IsCold(row, norm.support)) norm = Equal(SegmentKey, SegmentKey(row), metric);
      const double scale = std::max(kResolution.at(metric), norm.mad > 0 ? norm.mad : norm.iqr);
      if (!std::isnan(x) && std::abs((x - norm.median) / scale) > project_.capping.z_max) return true;
    }
    return false;
  }
  Statistics Equal(const Keyed& keyed, const Key& key, const std::string& metric) const {
    Weighted values;
    for (const FgARow& row : rows_)
      if (keyed(row) == key && !std::isnan(row.values.at(metric)))
        values.emplace_back(row.values.at(metric), 1000);
    return Of(values);
  }

  const std::vector<FgARow>& rows_;
  const spec::Project& project_;
  std::function<int64_t(const FgARow&)> b_;
  std::vector<int64_t> segment_weight_, host_weight_;
};

std::vector<FgARow> RandomRows() {
  const int hosts = *rc::gen::inRange(1, 6);
  std::vector<FgARow> rows;
  for (int h = 0; h < hosts; ++h) {
    const int slices = *rc::gen::inRange(1, static_cast<int>(kLength) + 1);
    const bool is_wild = *rc::gen::arbitrary<bool>();
    for (int s = 0; s < slices; ++s) {
      FgARow row;
      row.host = fmt::format("10.0.{}.{}", h % 2, h);
      row.segment = fmt::format("10.0.{}.0/24", h % 2);
      row.end = kStart + 1 + s;
      row.role = static_cast<catalogue::Role>(s % 2);
      row.band = s % 7 == 0 ? base::TimeBand::kWdOff : base::TimeBand::kWdNight;
      row.values["sessions_cnt"] = *rc::gen::inRange(0, is_wild ? 60 : 4);
      row.values["bytes_src_sum"] = *rc::gen::inRange(0, 100'000);
      row.values["deny_ratio"] = *rc::gen::element(NAN, 0.0, 0.0, 0.125, 1.0 / 3, 0.9);
      rows.push_back(row);
    }
  }
  return rows;
}

class Engine {
 public:
  Engine(const std::vector<FgARow>& rows, const std::shared_ptr<const spec::Context>& context, int threads,
         size_t batch_rows)
      : context_(context), plan_(*Plan::Make(context)) {
    std::vector<base::Micros> committed;
    for (int64_t s = kStart; s < kStart + kLength; ++s) committed.push_back(AtSlice(s));
    const BandSlices bands(context->calendar, context->catalogue->windows(), committed, kRange.start,
                           kRange.end);
    MemorySpill spill;
    GlobalTable global(plan_, kRange, threads == 1 ? 0 : 1'000'000, &spill);
    std::map<std::string, std::vector<FgARow>> by_segment;
    for (const FgARow& row : rows) by_segment[row.segment].push_back(row);
    for (const auto& [id, part] : by_segment) {
      SegmentRows columns(plan_, kRange);
      for (size_t i = 0; i < part.size(); i += batch_rows) {
        const std::vector<FgARow> cut(
            part.begin() + static_cast<ptrdiff_t>(i),
            part.begin() + static_cast<ptrdiff_t>(std::min(part.size(), i + batch_rows)));
        EXPECT_TRUE(columns.Add(*FgABatch(*context->catalogue, cut)).ok());
      }
      SegmentTables tables = *MakeSegmentTables(columns, kRange, bands, {}, threads);
      hosts.push_back(tables.host);
      segments.push_back(tables.segment);
      EXPECT_TRUE(global.Add(std::move(tables.global)).ok());
    }
    globals.push_back(*global.Finish(bands, threads));
    for (const FgARow& row : rows)
      b_[{row.band, row.window}] =
          bands.At(row.band, static_cast<size_t>(context->catalogue->FindWindow(row.window)));
  }
  int64_t B(const FgARow& row) const { return b_.at({row.band, row.window}); }

  std::vector<std::shared_ptr<arrow::RecordBatch>> hosts, segments, globals;

 private:
  std::shared_ptr<const spec::Context> context_;
  std::shared_ptr<const Plan> plan_;
  std::map<std::pair<base::TimeBand, std::string>, int64_t> b_;
};

bool Same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

// Every row of a level, by key, equals the definition; and there is one for each key.
void Check(const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches, const std::vector<FgARow>& rows,
           const Naive& naive, const Keyed& keyed, const std::vector<std::string>& key_columns) {
  std::map<Key, std::vector<FgARow>> by_key;
  for (const FgARow& row : rows) by_key[keyed(row)].push_back(row);
  size_t found = 0;
  for (const auto& batch : batches) {
    for (int64_t i = 0; i < batch->num_rows(); ++i, ++found) {
      Key key;
      for (const std::string& column : key_columns)
        key += fmt::format("{}{}", key.empty() ? "" : "|", Cell(*batch, i, column));
      RC_ASSERT(by_key.contains(key));
      const bool by_host = key_columns[0] == "host_ip";
      for (const std::string& metric : kMetrics) {
        const Statistics s = naive.Weigh(keyed, key, metric, by_host);
        const double expected[] = {s.median, s.p25, s.p75, s.p95, s.p99, s.mad, s.iqr};
        for (size_t k = 0; k < std::size(expected); ++k)
          RC_ASSERT(Same(Number(*batch, i, metric + "_" + std::string(catalogue::kStatisticNames[k])),
                         expected[k]));
        RC_ASSERT(Number(*batch, i, metric + "_support_count") == static_cast<double>(s.support));
        RC_ASSERT((Number(*batch, i, metric + "_cold_start_flag") != 0) ==
                  naive.IsCold(by_key[key][0], s.support));
      }
      if (by_host) continue;
      std::set<std::string> hosts;
      for (const FgARow& row : by_key[key]) hosts.insert(row.host);
      RC_ASSERT(Number(*batch, i, "hosts_cnt") == static_cast<double>(hosts.size()));
    }
  }
  RC_ASSERT(found == by_key.size());
}

RC_GTEST_PROP(BaselineProperty, TablesEqualTheDefinitions, (bool at_segment_level, bool drop)) {
  std::vector<FgARow> rows = RandomRows();
  spec::Project project;
  project.support_min.by_default = 12;
  project.capping.at_segment_level = at_segment_level;
  project.capping.w_anom_thousandths = drop ? 0 : 137;
  project.capping.z_max = 2;
  const auto context = MakeTestContext(project);
  const Engine engine(rows, context, 1, 1000);
  const Naive naive(rows, context->project, [&](const FgARow& row) { return engine.B(row); });
  Check(engine.hosts, rows, naive, HostKey, {"host_ip", "segment_id", "role", "time_band", "window_label"});
  Check(engine.segments, rows, naive, SegmentKey, {"segment_id", "role", "time_band", "window_label"});
  Check(engine.globals, rows, naive, GlobalKey, {"role", "time_band", "window_label"});

  // Another order, other batches, two threads and no spilling: the same cells.
  std::reverse(rows.begin(), rows.end());
  const Engine again(rows, context, 2, 7);
  const auto same = [](const auto& a, const auto& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& x, const auto& y) { return x->Equals(*y); });
  };
  RC_ASSERT(same(engine.hosts, again.hosts));
  RC_ASSERT(same(engine.segments, again.segments));
  RC_ASSERT(same(engine.globals, again.globals));
}

}  // namespace
}  // namespace ndr::baselines
