// SPDX-License-Identifier: Apache-2.0
#include "ndr/stats/weighted_run.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

namespace ndr::stats {
namespace {

using Weighted = std::vector<std::pair<double, int64_t>>;

// A run that owns its columns.
struct Column {
  explicit Column(const Weighted& items) {
    std::map<double, int64_t> folded;
    for (const auto& [x, w] : items) folded[x] += w;
    int64_t sum = 0;
    for (const auto& [x, w] : folded) {
      values.push_back(x);
      cumulative.push_back(sum += w);
    }
  }
  WeightedRun run() const { return {values, cumulative}; }
  std::vector<double> values;
  std::vector<int64_t> cumulative;
};

// From the definition: the smallest value whose cumulative weight reaches percent/100 of the total.
double NaiveQuantile(Weighted items, int percent) {
  std::sort(items.begin(), items.end());
  int64_t total = 0, sum = 0;
  for (const auto& item : items) total += item.second;
  for (size_t i = 0; i < items.size(); ++i) {
    sum += items[i].second;
    if (i + 1 < items.size() && items[i + 1].first == items[i].first) continue;
    if (sum * 100 >= total * percent) return items[i].first;
  }
  return NAN;
}

Summary Naive(const Weighted& items) {
  Summary s{NaiveQuantile(items, 50),
            NaiveQuantile(items, 25),
            NaiveQuantile(items, 75),
            NaiveQuantile(items, 95),
            NaiveQuantile(items, 99),
            0,
            0};
  Weighted distances;
  for (const auto& [x, w] : items) distances.emplace_back(std::abs(x - s.median), w);
  s.mad = NaiveQuantile(distances, 50);
  s.iqr = s.p75 - s.p25;
  return s;
}

bool Same(const Summary& a, const Summary& b) {
  return a.median == b.median && a.p25 == b.p25 && a.p75 == b.p75 && a.p95 == b.p95 && a.p99 == b.p99 &&
         a.mad == b.mad && a.iqr == b.iqr;
}

Weighted Equal(std::initializer_list<double> values) {
  Weighted items;
  for (const double x : values) items.emplace_back(x, 1000);
  return items;
}

// 1 2 3 4: half of the weight is reached at 2, a quarter at 1, three quarters at 3, 95 % and 99 % at 4.
// Distances from 2: 1 0 1 2; half of the weight is reached at 1.
TEST(WeightedRunTest, TakesTheLowerOfTwoMiddleValues) {
  const Summary s = Summarize(Column(Equal({4, 2, 3, 1})).run());
  EXPECT_EQ(s.median, 2);
  EXPECT_EQ(s.p25, 1);
  EXPECT_EQ(s.p75, 3);
  EXPECT_EQ(s.p95, 4);
  EXPECT_EQ(s.p99, 4);
  EXPECT_EQ(s.mad, 1);
  EXPECT_EQ(s.iqr, 2);
}

TEST(WeightedRunTest, OneValueIsEveryQuantile) {
  const Summary s = Summarize(Column(Equal({0.25})).run());
  EXPECT_TRUE(Same(s, {0.25, 0.25, 0.25, 0.25, 0.25, 0, 0}));
}

// Twenty values: 19 of 0 reach 95 % exactly, so p95 is 0 and p99 is 7. Distances: nineteen of 0.
TEST(WeightedRunTest, ReachesAPercentageExactly) {
  Weighted items(19, {0.0, 1000});
  items.emplace_back(7, 1000);
  const Summary s = Summarize(Column(items).run());
  EXPECT_EQ(s.p95, 0);
  EXPECT_EQ(s.p99, 7);
  EXPECT_EQ(s.mad, 0);
  EXPECT_EQ(s.iqr, 0);
}

// 1, 2, 3 at full weight and 100, 200 at a tenth: total 3200, half 1600 is reached at 2 (2000), three
// quarters 2400 at 3 (3000), 95 % 3040 at 100 (3100), 99 % 3168 at 200. Distances from 2: 0 (1000), 1 (2000):
// half at 1.
TEST(WeightedRunTest, CountsDiscountedValuesLess) {
  const Summary s = Summarize(Column({{1, 1000}, {2, 1000}, {3, 1000}, {100, 100}, {200, 100}}).run());
  EXPECT_TRUE(Same(s, {2, 1, 3, 100, 200, 1, 2}));
}

// All at a tenth weigh like all at full weight.
TEST(WeightedRunTest, OnlyTheShareOfTheTotalCounts) {
  EXPECT_TRUE(Same(Summarize(Column({{1, 100}, {5, 100}, {9, 100}}).run()),
                   Summarize(Column(Equal({1, 5, 9})).run())));
}

// -8 -1 0 1 2: median 0, distances 0 1 1 2 8, the third of five is 1.
TEST(WeightedRunTest, MeasuresDistancesToBothSides) {
  EXPECT_EQ(Summarize(Column(Equal({-8, -1, 0, 1, 2})).run()).mad, 1);
}

// The union 1 2 2 3 4 in two runs: median 2, quarters 2 and 3; distances from 2: 0 0 1 1 2, the third is 1.
TEST(WeightedRunTest, SeveralRunsAnswerAsOne) {
  const Column a(Equal({1, 2, 4})), b(Equal({2, 3})), empty(Weighted{});
  const std::vector<WeightedRun> runs = {a.run(), empty.run(), b.run()};
  EXPECT_TRUE(Same(Summarize(runs), {2, 2, 3, 4, 4, 1, 1}));
}

rc::Gen<Weighted> Items(bool few_values) {
  const auto value = few_values ? rc::gen::map(rc::gen::inRange(-3, 6), [](int x) { return x * 0.1; })
                                : rc::gen::map(rc::gen::inRange(-1'000'000, 1'000'000),
                                               [](int x) { return std::ldexp(x, -7) / 3; });
  return rc::gen::nonEmpty(rc::gen::container<Weighted>(rc::gen::pair(
      value, rc::gen::map(rc::gen::inRange(1, 1001), [](int w) { return static_cast<int64_t>(w); }))));
}

RC_GTEST_PROP(WeightedRunProperty, EqualsTheDefinition, (bool few_values)) {
  const Weighted items = *Items(few_values);
  RC_ASSERT(Same(Summarize(Column(items).run()), Naive(items)));
}

RC_GTEST_PROP(WeightedRunProperty, AnyCutIntoRunsGivesTheSame, (bool few_values)) {
  const Weighted items = *Items(few_values);
  std::vector<Weighted> parts(*rc::gen::inRange<size_t>(1, 7));
  for (const auto& item : items) parts[*rc::gen::inRange<size_t>(0, parts.size())].push_back(item);
  std::vector<Column> columns(parts.begin(), parts.end());
  std::vector<WeightedRun> runs;
  for (const Column& column : columns) runs.push_back(column.run());
  RC_ASSERT(Same(Summarize(runs), Summarize(Column(items).run())));
}

}  // namespace
}  // namespace ndr::stats
