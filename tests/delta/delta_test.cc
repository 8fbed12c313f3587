// SPDX-License-Identifier: Apache-2.0
#include "ndr/delta/delta.h"

#include <arrow/array.h>
#include <arrow/scalar.h>
#include <gmock/gmock.h>

#include <limits>

#include "delta/session_table.h"

namespace ndr::delta {
namespace {

using catalogue::EventName;
using catalogue::Transport;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

Partials DeltaOf(const MiniBatch& batch, const spec::Project& project = spec::DefaultProject()) {
  auto partials = RunDelta(*DefaultContext(project), batch);
  EXPECT_TRUE(partials.ok()) << partials.status().ToString();
  return partials.ValueOr(Partials());
}

std::vector<std::string> Strings(const arrow::RecordBatch& batch, const std::string& column) {
  std::vector<std::string> cells;
  for (int64_t i = 0; i < batch.num_rows(); ++i)
    cells.push_back(batch.GetColumnByName(column)->GetScalar(i).ValueOrDie()->ToString());
  return cells;
}

// 10.0.0.1 to 203.0.113.9:
//   A  12:00:00 allow tcp/443, 2 s, 100/200 bytes, tcp-fin
//   B  12:00:30 deny tcp/445 folded 3 times, 0.5 s, 60/0 bytes
//   C  12:14:59 allow udp/53 aged-out, 31 s, 70 bytes, bytes and packets of the reply unknown
//   D  12:01:00 allow tcp/22 to 10.0.0.2, reset within 1 s, 40/128 bytes
//   E  a start row, F a THREAT alert of category vulnerability folded twice
std::vector<SessionRow> Story() {
  SessionRow a, b, c, d, e, f;
  a.reason = "tcp-fin";
  b.start = kNoon + Seconds(30), b.duration = Seconds(0.5), b.port = 445, b.bytes_src = 60, b.bytes_dst = 0,
  b.action = "deny", b.repeat = 3;
  c.start = kNoon + Seconds(899), c.duration = Seconds(31), c.port = 53, c.bytes_src = 70,
  c.bytes_dst = std::nullopt, c.transport = Transport::kUdp, c.reason = "aged-out";
  d.start = kNoon + Seconds(60), d.duration = Seconds(1), d.destination = "10.0.0.2", d.port = 22,
  d.bytes_src = 40, d.bytes_dst = 128, d.reason = "tcp-rst-from-server";
  e.subtype = "start";
  f.name = EventName::kThreat, f.action = "alert", f.category = "vulnerability", f.repeat = 2;
  return {a, b, c, d, e, f};
}

TEST(Delta, HandWorkedHostRow) {
  const Partials partials = DeltaOf(Batch({Story()}));
  const auto cell = [&](const char* column) { return HostCell(partials, "10.0.0.1", "outbound", column); };
  EXPECT_EQ(cell("sessions_cnt"), 1 + 3 + 1 + 1);
  EXPECT_EQ(cell("allow_cnt"), 3);
  EXPECT_EQ(cell("deny_cnt"), 3);
  EXPECT_EQ(cell("alert_cnt"), 2);
  EXPECT_EQ(cell("rst_cnt"), 1);
  EXPECT_EQ(cell("aged_out_cnt"), 1);
  EXPECT_EQ(cell("zero_reply_cnt"), 3) << "B; what C got is unknown";
  EXPECT_EQ(cell("short_session_cnt"), 3 + 1) << "B and D";
  EXPECT_EQ(cell("threat_cnt"), 2);
  EXPECT_EQ(cell("vulnerability_cnt"), 2);
  EXPECT_EQ(cell("traffic_cnt"), 7) << "with the start row";
  EXPECT_EQ(cell("tcp_cnt"), 5);
  EXPECT_EQ(cell("udp_cnt"), 1);
  EXPECT_EQ(cell("icmp_cnt"), 0);
  EXPECT_EQ(cell("high_risk_port_sessions_cnt"), 3) << "445";
  EXPECT_EQ(cell("admin_port_sessions_cnt"), 1) << "22";
  EXPECT_EQ(cell("fileshare_port_sessions_cnt"), 3) << "445";
  EXPECT_EQ(cell("directory_port_sessions_cnt"), 0);
  EXPECT_EQ(cell("db_port_sessions_cnt"), 0);
  EXPECT_EQ(cell("bytes_src_sum"), 100 + 60 + 70 + 40) << "bytes once, however often B is folded";
  EXPECT_EQ(cell("bytes_dst_sum"), 200 + 0 + 0 + 128);
  // 2 + 3 x 0.5 + 31 + 1
  EXPECT_THAT(Strings(*partials.host, "duration_sum"), ElementsAre("35.5", "1"));
  // A and B in the first minute, D in the second, C in the last.
  EXPECT_THAT(Strings(*partials.host, "sessions_per_minute")[0],
              HasSubstr("[4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]"));
}

// The story lacks ICMP and the ports of directories and databases. A column that nothing counts stays 0.
TEST(Delta, EveryDeclaredCountIsCounted) {
  std::vector<SessionRow> rows = Story();
  SessionRow icmp, directory, database;
  icmp.transport = Transport::kIcmp, icmp.port = std::nullopt;
  directory.port = 88, database.port = 3306;
  rows.insert(rows.end(), {icmp, directory, database});
  const Partials partials = DeltaOf(Batch({rows}));
  for (const std::string_view name : catalogue::kDeltaCounts)
    EXPECT_GT(HostCell(partials, "10.0.0.1", "outbound", std::string(name)), 0) << name;
}

TEST(Delta, RolesSegmentsAndOrderOfHostRows) {
  const Partials partials = DeltaOf(Batch({Story()}));
  EXPECT_THAT(Strings(*partials.host, "role"), ElementsAre("outbound", "inbound"));
  EXPECT_THAT(Strings(*partials.host, "segment_id"), ElementsAre("10.0.0.0/24", "10.0.0.0/24"));
  EXPECT_EQ(HostCell(partials, "10.0.0.2", "inbound", "sessions_cnt"), 1);
  EXPECT_EQ(HostCell(partials, "10.0.0.2", "inbound", "admin_port_sessions_cnt"), 1)
      << "the port that it was reached on";
  EXPECT_EQ(HostCell(partials, "10.0.0.2", "inbound", "bytes_src_sum"), 40)
      << "bytes of the session's source, in both roles";
  EXPECT_EQ(HostCell(partials, "203.0.113.9", "inbound", "sessions_cnt"), -1) << "no host";
}

TEST(Delta, HandWorkedPairRows) {
  const Partials partials = DeltaOf(Batch({Story()}));
  // D before the rest by the destination's address, then by port.
  EXPECT_THAT(Strings(*partials.pair, "dst_port"), ElementsAre("22", "53", "443", "445"));
  EXPECT_THAT(Strings(*partials.pair, "sessions_cnt"), ElementsAre("1", "1", "1", "3"));
  EXPECT_THAT(Strings(*partials.pair, "bytes_src_sum"), ElementsAre("40", "70", "100", "60"));
  EXPECT_THAT(Strings(*partials.pair, "deny_cnt"), ElementsAre("0", "0", "0", "3"));
  EXPECT_THAT(Strings(*partials.pair, "failed_cnt"), ElementsAre("1", "0", "0", "3"));
  EXPECT_THAT(Strings(*partials.pair, "replied_cnt"), ElementsAre("1", "1", "1", "0"));
  // minutes 1, 14, 0, 0
  EXPECT_THAT(Strings(*partials.pair, "active_minutes"), ElementsAre("2", "16384", "1", "1"));
  EXPECT_EQ(partials.counters.Get("used"), 6);
}

TEST(Delta, ThreatRowsMakeHostRowsAndNoPairs) {
  SessionRow threat;
  threat.name = EventName::kThreat, threat.action = "drop", threat.subtype = "vulnerability";
  const Partials partials = DeltaOf(Batch({{threat}}));
  EXPECT_EQ(HostCell(partials, "10.0.0.1", "outbound", "vulnerability_cnt"), 1);
  EXPECT_EQ(HostCell(partials, "10.0.0.1", "outbound", "sessions_cnt"), 0);
  EXPECT_EQ(HostCell(partials, "10.0.0.1", "outbound", "deny_cnt"), 0);
  EXPECT_EQ(partials.pair->num_rows(), 0);
}

TEST(Delta, StartRowsMakeAHostRowWithoutSessions) {
  SessionRow start;
  start.subtype = "start";
  const Partials partials = DeltaOf(Batch({{start}}));
  EXPECT_EQ(HostCell(partials, "10.0.0.1", "outbound", "traffic_cnt"), 1);
  EXPECT_EQ(HostCell(partials, "10.0.0.1", "outbound", "sessions_cnt"), 0);
  EXPECT_EQ(partials.pair->num_rows(), 0);
}

TEST(Delta, PairsOfMixedAddressesSortAsNumbersWithNullPortsFirst) {
  std::vector<SessionRow> rows(4);
  rows[0].source = "fc00::1", rows[0].destination = "2001:db8::1";
  rows[1].port = 80;
  rows[2].port = std::nullopt, rows[2].transport = Transport::kIcmp;
  rows[3].source = "10.0.0.1", rows[3].destination = "9.9.9.9";
  const Partials partials = DeltaOf(Batch({rows}));
  // ::ffff:10.0.0.1 before fc00::1; 9.9.9.9 before 203.0.113.9
  EXPECT_THAT(Strings(*partials.pair, "dst_port"), ElementsAre("443", "null", "80", "443"));
  EXPECT_EQ(HostCell(partials, "fc00::1", "outbound", "sessions_cnt"), 1);
  EXPECT_EQ(HostCell(partials, "10.0.0.1", "outbound", "icmp_cnt"), 1);
}

TEST(Delta, DeliveriesGiveRowsOfEarlierAndLaterSlices) {
  std::vector<SessionRow> rows(5);
  rows[1].start = kNoon - Seconds(1);              // the slice before
  rows[2].start = kNoon + Seconds(900);            // 12:15, within the clock skew
  rows[3].start = kNoon + Seconds(900 + 301);      // beyond it
  rows[4].start = kNoon - Seconds(24 * 3600 + 1);  // too old
  const Partials partials = DeltaOf(Batch({rows}, false));
  EXPECT_EQ(partials.counters.Get("late"), 1);
  EXPECT_EQ(partials.counters.Get("ahead"), 1);
  EXPECT_EQ(partials.counters.Get("outside_batch"), 2);
  EXPECT_EQ(partials.counters.Get("used"), 3);
  EXPECT_THAT(Strings(*partials.host, "slice_start_ts"),
              ElementsAre("2024-04-20 11:45:00.000000Z", "2024-04-20 12:00:00.000000Z",
                          "2024-04-20 12:15:00.000000Z"));
  EXPECT_THAT(Strings(*partials.host, "mini_batch_id"), testing::Each("20240420T120000Z"));
  ASSERT_EQ(partials.rejected.size(), 2u);
  EXPECT_EQ(partials.rejected[0].byte_offset, 3000);
  EXPECT_EQ(partials.rejected[0].rule, "outside_batch");
  EXPECT_EQ(partials.rejected[1].byte_offset, 4000);
}

TEST(Delta, AReplayRefusesWhatIsNotOfItsSlice) {
  SessionRow row;
  row.start = kNoon - 1;
  const auto partials = RunDelta(*DefaultContext(), Batch({{row}}));
  EXPECT_TRUE(partials.status().IsInvalid());
}

TEST(Delta, ASlotBeginsAtAQuarter) {
  MiniBatch batch = Batch({});
  batch.slot_start += 1;
  EXPECT_TRUE(RunDelta(*DefaultContext(), batch).status().IsInvalid());
}

TEST(Delta, AnEmptyBatchHasNoRows) {
  const Partials partials = DeltaOf(Batch({}));
  EXPECT_EQ(partials.host->num_rows(), 0);
  EXPECT_EQ(partials.pair->num_rows(), 0);
}

TEST(Delta, NotesCountUsedRecordsOnly) {
  SessionRow row;
  row.key = "7", row.sequence = "1", row.notes = catalogue::kNoteDuration | catalogue::kNoteNegative;
  const Partials partials = DeltaOf(Batch({{row, row, SessionRow()}}));
  EXPECT_EQ(partials.counters.Get("duplicates"), 1);
  EXPECT_EQ(partials.counters.Get("duration"), 1);
  EXPECT_EQ(partials.counters.Get("negative"), 1);
  EXPECT_EQ(partials.counters.Get("used"), 2);
}

TEST(Delta, SumsSaturateAndAreCounted) {
  std::vector<SessionRow> rows(2);
  for (SessionRow& row : rows) row.bytes_src = kMax - 1;
  const Partials partials = DeltaOf(Batch({rows}));
  EXPECT_EQ(HostCell(partials, "10.0.0.1", "outbound", "bytes_src_sum"), kMax);
  EXPECT_EQ(partials.counters.Get("saturated_cells"), 2) << "one of the host, one of the pair";
}

TEST(Delta, APortSetOfTheProjectsOwnIsOneMoreColumn) {
  spec::Project project = spec::DefaultProject();
  project.port_sets.emplace_back("WEB_PORTS", std::vector<uint16_t>{80, 443});
  project.catalogue.extra_port_sets.push_back("WEB_PORTS");
  const Partials partials = DeltaOf(Batch({Story()}), project);
  EXPECT_EQ(HostCell(partials, "10.0.0.1", "outbound", "web_port_sessions_cnt"), 1);
  EXPECT_EQ(HostCell(partials, "10.0.0.1", "outbound", "high_risk_port_sessions_cnt"), 3);
}

TEST(Delta, APortSetMayHoldPortZero) {
  spec::Project project = spec::DefaultProject();
  project.port_sets.emplace_back("ZERO_PORTS", std::vector<uint16_t>{0});
  project.catalogue.extra_port_sets.push_back("ZERO_PORTS");
  std::vector<SessionRow> rows(3);
  rows[0].port = 0, rows[1].port = std::nullopt;
  EXPECT_EQ(HostCell(DeltaOf(Batch({rows}), project), "10.0.0.1", "outbound", "zero_port_sessions_cnt"), 1);
}

TEST(Delta, ConfiguredSubtypesAreSessions) {
  spec::Project project = spec::DefaultProject();
  project.sessions.subtypes = {"Start"};
  SessionRow start, end;
  start.subtype = "start", end.subtype = "end";
  const Partials partials = DeltaOf(Batch({{start, end}}), project);
  EXPECT_EQ(HostCell(partials, "10.0.0.1", "outbound", "sessions_cnt"), 1);
  EXPECT_EQ(HostCell(partials, "10.0.0.1", "outbound", "traffic_cnt"), 2);
}

TEST(PairCounts, PairsWithAPortAndTheSegmentOfTheSource) {
  std::vector<SessionRow> rows(3);
  rows[1].port = std::nullopt, rows[1].transport = Transport::kIcmp;
  rows[2].source = "203.0.113.9", rows[2].destination = "10.0.0.1", rows[2].repeat = 4;
  const auto context = DefaultContext();
  const Partials partials = DeltaOf(Batch({rows}));
  ASSERT_EQ(partials.pair->num_rows(), 3);
  const auto counts = PairCounts(*context, *partials.pair).ValueOrDie();
  EXPECT_THAT(Strings(*counts, "segment_id"), ElementsAre("10.0.0.0/24", "203.0.113.0/24"));
  EXPECT_THAT(Strings(*counts, "sessions_cnt"), ElementsAre("1", "4"));
  EXPECT_THAT(Strings(*counts, "event_ts"), testing::Each("2024-04-20 12:15:00.000000Z"));
  EXPECT_THAT(Strings(*counts, "mini_batch_id"), testing::Each("20240420T120000Z"));
  EXPECT_TRUE(counts->schema()->Equals(*context->catalogue->Schema(catalogue::Dataset::kPairCounts)));
}

}  // namespace
}  // namespace ndr::delta
