// SPDX-License-Identifier: Apache-2.0
// What holds of every input: no row is dropped or multiplied, neither order nor threads nor cuts change a
// table.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "correlation/scene.h"

namespace ndr::correlation {
namespace {

// A world with random rows, baselines and pairs.
Scene RandomScene(int threads, uint32_t seed, uint64_t at_most = 10) {
  Scene s(spec::DefaultProject(), threads);
  uint64_t state = seed;
  const auto random = [&](uint64_t below) {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (state >> 33) % below;
  };
  s.horizons = {{"7d", 7}, {"30d", 30}};
  const char* windows[] = {"w_15m", "w_1h", "w_24h"};
  const uint64_t hosts = at_most > 100 ? at_most : random(at_most);
  for (const size_t h : {size_t{0}, size_t{1}})
    for (const char* w : windows)
      for (const Role role : {Role::kOutbound, Role::kInbound})
        if (random(4) > 0)
          s.Global(h, role, w,
                   {{"sessions_cnt", {double(random(9)), 1, 1, double(random(20)), 1, int64_t(random(12))}}});
  for (uint64_t i = 0; i < hosts; ++i) {
    const std::string host = "10.0." + std::to_string(random(2)) + "." + std::to_string(i % 250);
    for (const Role role : {Role::kOutbound, Role::kInbound})
      for (const char* w : windows) {
        if (random(3) == 0) continue;
        s.Row(host.c_str(), role, w,
              {{"sessions_cnt", double(random(5000))},
               {"deny_cnt", double(random(900))},
               {"lookback_days_covered", 3.0},
               {"deny_ratio", random(2) ? Cell() : Cell(0.5)},
               {"max_sessions_per_minute", double(random(900))}});
        for (const size_t h : {size_t{0}, size_t{1}}) {
          if (random(2) == 0) continue;
          s.Host(h, host.c_str(), role, w,
                 {{"sessions_cnt",
                   {double(random(99)), double(random(3)), 2, 9, double(random(400)), 50, random(2) == 0}}});
          s.Metadata(h, host.c_str(), role, w, random(2) == 0);
        }
      }
    for (uint64_t p = random(4); p > 0; --p) {
      auto& e = s.pairs.Add(host.c_str(), random(2) ? Role::kOutbound : Role::kInbound,
                            ("203.0.113." + std::to_string(random(9))).c_str(), int32_t(1 + p),
                            {int64_t(9 + random(99)), 1, 2, 0, int64_t(random(9)), int64_t(random(9))});
      e.rhythm[4] = {40, true, 5, random(2) == 0, double(random(100)) / 100};
    }
  }
  return s;
}

std::set<std::string> RowKeys(const arrow::RecordBatch& batch, bool with_segment_and_band) {
  std::set<std::string> keys;
  for (int64_t r = 0; r < batch.num_rows(); ++r) {
    std::string key = AddressAt(batch, "host_ip", r);
    for (const char* c : {"role", "window_label"}) key += "|" + TextAt(batch, c, r);
    if (with_segment_and_band)
      for (const char* c : {"segment_id", "time_band"}) key += "|" + TextAt(batch, c, r);
    keys.insert(key);
  }
  return keys;
}

bool Same(const BatchOutput& a, const BatchOutput& b) {
  for (size_t h = 0; h < a.horizons.size(); ++h)
    if (!a.horizons[h].host->Equals(*b.horizons[h].host) || !a.horizons[h].pair->Equals(*b.horizons[h].pair))
      return false;
  return a.horizons.size() == b.horizons.size() && a.evidence->Equals(*b.evidence) &&
         a.counters.values() == b.counters.values();
}

RC_GTEST_PROP(Laws, OneRowPerFgARowAndHorizon, (uint32_t seed)) {
  const Scene s = RandomScene(1, seed);
  const auto fg_a = s.FgA();
  const auto out = s.Correlate();
  for (const auto& h : out.horizons) {
    RC_ASSERT(h.host->num_rows() == fg_a->num_rows());
    RC_ASSERT(RowKeys(*h.host, true) == RowKeys(*fg_a, true));
    RC_ASSERT(h.host->ValidateFull().ok());
    RC_ASSERT(h.pair->ValidateFull().ok());
  }
  RC_ASSERT(out.evidence->ValidateFull().ok());
}

RC_GTEST_PROP(Laws, AnyOrderOfRowsAndPairsGivesTheSameTables, (uint32_t seed)) {
  Scene s = RandomScene(1, seed);
  const auto straight = s.Correlate();
  std::reverse(s.rows.begin(), s.rows.end());
  if (s.rows.size() > 2) std::rotate(s.rows.begin(), s.rows.begin() + seed % s.rows.size(), s.rows.end());
  std::reverse(s.pairs.entries.begin(), s.pairs.entries.end());
  // The hosts behind a peer are the fake's first entry of it: all are 1.
  RC_ASSERT(Same(straight, s.Correlate()));
}

TEST(Laws, ThreadsDoNotChangeTables) {
  // Some 800 rows: several partitions.
  const Scene one = RandomScene(1, 7, 200), two = RandomScene(2, 7, 200);
  ASSERT_GT(one.rows.size(), 600u);
  EXPECT_TRUE(Same(one.Correlate(), two.Correlate()));
}

RC_GTEST_PROP(Laws, WhatIsKeptOfPairsDoesNotChangeTables, (uint32_t seed)) {
  const Scene s = RandomScene(1, seed);
  auto correlator = Correlator::Make(s.context, s.MakeReference()).ValueOrDie();
  const auto first = correlator->Correlate(*s.FgA(), s.pairs).ValueOrDie();
  RC_ASSERT(Same(first, correlator->Correlate(*s.FgA(), s.pairs).ValueOrDie()));
}

RC_GTEST_PROP(Laws, ScoresOfEndsAreMonotoneInEveryX, (uint32_t seed, uint8_t which, uint16_t more)) {
  Scene s = RandomScene(1, seed);
  // What all share is subtracted from all: one host alone, with the metrics of its terms.
  s.rows.clear();
  const std::vector<std::string> metrics = {"failed_peers_per_port_max",
                                            "failed_ports_per_peer_max",
                                            "deny_cnt",
                                            "new_peer_bytes_sent_max",
                                            "new_admin_reach",
                                            "admin_port_sessions_cnt",
                                            "sessions_cnt",
                                            "max_sessions_per_minute",
                                            "bytes_src_sum",
                                            "bytes_dst_sum",
                                            "reached_new_peer_cnt",
                                            "reached_new_port_cnt"};
  Record row = {{"lookback_days_covered", 2.0}};
  for (size_t i = 0; i < metrics.size(); ++i) row[metrics[i]] = double((seed >> (i % 16)) % 3000);
  const auto score = [&](const Record& r, const char* column) {
    s.rows.clear();
    s.Row("10.0.0.1", Role::kOutbound, "w_1h", r);
    const auto out = s.Correlate();
    return out.evidence->num_rows() == 0 ? 0.0 : NumberAt(*out.evidence, column, 0);
  };
  Record larger = row;
  const std::string& metric = metrics[which % metrics.size()];
  larger[metric] =
      std::get<double>(row[metric]) + more * (metric.find("bytes") == std::string::npos ? 1.0 : 1e6);
  for (const char* column : {"score", "standing_score"}) {
    RC_ASSERT(score(larger, column) >= score(row, column));
    RC_ASSERT(score(larger, column) <= 100);
  }
}

TEST(Laws, AnEmptyEndHasEmptyTables) {
  const auto out = Scene().Correlate();
  EXPECT_EQ(out.horizons[0].host->num_rows(), 0);
  EXPECT_EQ(out.horizons[0].pair->num_rows(), 0);
  EXPECT_EQ(out.evidence->num_rows(), 0);
}

TEST(Laws, WhatIsNotOneEndIsRefused) {
  Scene s;
  s.Row("10.0.0.1", Role::kOutbound, "w_1h", {});
  s.Row("10.0.0.1", Role::kOutbound, "w_1h", {});
  auto correlator = Correlator::Make(s.context, s.MakeReference()).ValueOrDie();
  EXPECT_EQ(correlator->Correlate(*s.FgA(), s.pairs).status().message(),
            "two FG-A rows of 10.0.0.1, outbound, w_1h at 2024-04-22T12:00:00Z");
  s.end += base::kSliceMicros;
  s.rows.pop_back();
  s.Row("10.0.0.2", Role::kOutbound, "w_1h", {});
  EXPECT_EQ(correlator->Correlate(*s.FgA(), s.pairs).status().message(),
            "FG-A rows of several ends: 2024-04-22T12:00:00Z and 2024-04-22T12:15:00Z");
}

}  // namespace
}  // namespace ndr::correlation
