// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/record.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <gmock/gmock.h>

#include <cmath>

#include "rows.h"

namespace ndr::feature_store {
namespace {

using catalogue::Dataset;
using testing::kNoon;
using testing::MakeBatch;
using testing::Row;
using testing::Words;

Group GroupFor(Dataset dataset) { return GroupsOf(*Words(), dataset, "g").ValueOrDie().front(); }

size_t IndexOf(const Group& group, std::string_view name) {
  for (size_t i = 0; i < group.features.size(); ++i)
    if (group.features[i].name == name) return i;
  ADD_FAILURE() << name;
  return 0;
}

TEST(RecordTest, IdsAreTheKeyWithoutItsInstants) {
  const auto batch =
      MakeBatch(*Words(), Dataset::kFgA,
                {{.host = "10.0.0.1"}, {.host = "2001:db8::5", .role = "inbound", .window = "w_1h"}});
  const Records records = Records::Make(GroupFor(Dataset::kFgA), batch).ValueOrDie();
  ASSERT_EQ(records.rows(), 2u);
  EXPECT_EQ(records.entity_id(0), "10.0.0.1|outbound|w_15m");
  EXPECT_EQ(records.record_id(0), "10.0.0.1|outbound|w_15m|2024-04-20T12:00:00Z");
  EXPECT_EQ(records.entity_id(1), "2001:db8::5|inbound|w_1h");
  EXPECT_EQ(records.event_time(1), kNoon);
}

TEST(RecordTest, FgCIdsEndWithTheHorizon) {
  const Group group = GroupFor(Dataset::kFgCHost);
  const auto batch = MakeBatch(*Words(), Dataset::kFgCHost, {{.horizon = "7d"}, {.horizon = "30d"}});
  const Records records = Records::Make(group, batch).ValueOrDie();
  EXPECT_EQ(records.entity_id(0), "10.0.0.1|outbound|w_15m|7d");
  EXPECT_EQ(records.entity_id(1), "10.0.0.1|outbound|w_15m|30d");
  EXPECT_EQ(records.value(1, IndexOf(group, "baseline_horizon")).text, "30d");
}

TEST(RecordTest, WideRecordsAreTheHosts) {
  const auto batch = MakeBatch(*Words(), Dataset::kFgAWide, {{.host = "10.0.0.7"}});
  const Records records = Records::Make(GroupFor(Dataset::kFgAWide), batch).ValueOrDie();
  EXPECT_EQ(records.entity_id(0), "10.0.0.7");
  EXPECT_EQ(records.record_id(0), "10.0.0.7|2024-04-20T12:00:00Z");
}

TEST(RecordTest, ValuesHaveTheirTypes) {
  const Group group = GroupFor(Dataset::kFgA);
  const auto batch = MakeBatch(*Words(), Dataset::kFgA,
                               {{.numbers = {{"sessions_cnt", 9e15},
                                             {"deny_ratio", 0.25},
                                             {"is_weekend", 1},
                                             {"hour_of_day", 23},
                                             {"failed_peers_per_port_at", 65535}}}});
  const Records records = Records::Make(group, batch).ValueOrDie();
  auto value = [&](std::string_view name) { return records.value(0, IndexOf(group, name)); };
  EXPECT_EQ(value("sessions_cnt").integral, 9'000'000'000'000'000);
  EXPECT_EQ(value("deny_ratio").fractional, 0.25);
  EXPECT_EQ(value("is_weekend").integral, 1);
  EXPECT_EQ(value("hour_of_day").integral, 23);
  EXPECT_EQ(value("failed_peers_per_port_at").integral, 65535);
  EXPECT_EQ(value("host_ip").text, "10.0.0.1");
  EXPECT_EQ(value("failed_ports_per_peer_at").text, "10.9.9.9");
  EXPECT_EQ(value("window_start_ts").text, "2024-04-20T12:00:00Z");
  EXPECT_EQ(value("time_band").text, "word");
  EXPECT_EQ(value("deny_ratio").kind, Value::Kind::kFractional);
  EXPECT_EQ(value("time_band").kind, Value::Kind::kString);
  EXPECT_EQ(value("is_weekend").kind, Value::Kind::kIntegral);
}

TEST(RecordTest, NullsAndNumbersThatAreNotFiniteAreAbsent) {
  const Group group = GroupFor(Dataset::kFgA);
  const auto batch = MakeBatch(*Words(), Dataset::kFgA,
                               {{.numbers = {{"deny_ratio", {}},
                                             {"tcp_ratio", NAN},
                                             {"udp_ratio", -INFINITY},
                                             {"failed_ports_per_peer_at", {}}}},
                                {.numbers = {{"deny_ratio", 0}}}});
  const Records records = Records::Make(group, batch).ValueOrDie();
  for (const char* name : {"deny_ratio", "tcp_ratio", "udp_ratio", "failed_ports_per_peer_at"})
    EXPECT_EQ(records.value(0, IndexOf(group, name)).kind, Value::Kind::kAbsent) << name;
  EXPECT_EQ(records.value(1, IndexOf(group, "deny_ratio")).kind, Value::Kind::kFractional);
}

TEST(RecordTest, APartReadsItsOwnColumnsOnly) {
  const auto parts = GroupsOf(*Words(), Dataset::kFgA, "g", 50).ValueOrDie();
  ASSERT_EQ(parts.size(), 2u);  // 86 features in parts of 47
  const auto columns = Records::ColumnsFor(parts[1]);
  EXPECT_EQ(columns.size(), 5u + 39u);
  const auto batch = MakeBatch(*Words(), Dataset::kFgA, {Row{}});
  const auto narrow = batch->SelectColumns([&] {
    std::vector<int> chosen;
    for (const std::string& name : columns) chosen.push_back(batch->schema()->GetFieldIndex(name));
    return chosen;
  }());
  const Records records = Records::Make(parts[1], narrow.ValueOrDie()).ValueOrDie();
  EXPECT_EQ(records.features(), 39u);
  EXPECT_EQ(records.entity_id(0), "10.0.0.1|outbound|w_15m");
}

}  // namespace
}  // namespace ndr::feature_store
