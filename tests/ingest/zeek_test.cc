// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "ingest/parsing.h"

namespace ndr::ingest {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kConnHeader =
    "#separator "
    "\\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#open\t2024-04-20-12-00-"
    "00\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_"
    "bytes\tresp_bytes\tconn_state\t"
    "local_orig\torig_pkts\tresp_pkts\n#"
    "types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\t"
    "bool\tcount\tcount\n";

std::string Conn(std::string_view proto, std::string_view duration, std::string_view bytes,
                 std::string_view state) {
  return "1713614400.000001\tCx1\t10.0.0.1\t40000\t9.9.9.9\t443\t" + std::string(proto) + "\t-\t" +
         std::string(duration) + "\t" + std::string(bytes) + "\t" + std::string(state) + "\tT\t4\t5\n";
}

TEST(ZeekTsv, AConnectionInFull) {
  const auto file =
      ParseLog(Source::kZeekTsv,
               std::string(kConnHeader) + Conn("tcp", "1.5000004", "100\t200", "SF") + "#close\t2024\n");
  EXPECT_THAT(
      file.rows,
      ElementsAre(
          "start=2024-04-20T12:00:00.000001Z end=2024-04-20T12:00:01.500001Z from=10.0.0.1 port=40000 "
          "to=9.9.9.9 "
          "port=443 source_bytes=100 destination_bytes=200 source_packets=4 destination_packets=5 over=tcp "
          "event_action=allow event_reason=tcp-fin key=Cx1"));
  EXPECT_EQ(file.counters.Get("header_lines"), 9);
}

TEST(ZeekTsv, StatesSayActionAndReason) {
  std::string log(kConnHeader);
  for (const char* state : {"S0", "REJ", "RSTO", "RSTOS0", "RSTR", "RSTRH", "SF", "-"})
    log += Conn("tcp", "-", "-\t-", state);
  log += Conn("udp", "-", "-\t-", "SF");
  const auto file = ParseLog(Source::kZeekTsv, log);
  const auto none = Not(HasSubstr("event_reason"));
  const auto client = HasSubstr("event_reason=tcp-rst-from-client"),
             server = HasSubstr("event_reason=tcp-rst-from-server");
  const auto allow = HasSubstr("event_action=allow");
  EXPECT_THAT(file.rows, ElementsAre(AllOf(allow, none), AllOf(HasSubstr("event_action=deny"), none),
                                     AllOf(allow, client), AllOf(allow, client), AllOf(allow, server),
                                     AllOf(allow, server), AllOf(allow, HasSubstr("event_reason=tcp-fin")),
                                     AllOf(allow, none), AllOf(allow, none)));
  EXPECT_THAT(file.rows[0], AllOf(Not(HasSubstr("end=")), Not(HasSubstr("_bytes=")))) << "- is null";
}

TEST(ZeekTsv, IcmpTypesAreNoPorts) {
  const auto file = ParseLog(Source::kZeekTsv, std::string(kConnHeader) + Conn("icmp", "-", "-\t-", "OTH"));
  EXPECT_THAT(file.rows, ElementsAre(AllOf(HasSubstr("over=icmp"), Not(HasSubstr("port=")))));
}

TEST(ZeekTsv, TheHeaderMayChangeWithinAFileAndComeFirstOrLate) {
  const std::string second =
      "#separator "
      "\\x7c\n#unset_field|?\n#path|conn\n#fields|_node_name|id.resp_h|id.orig_h|ts|orig_bytes\nw1|9.9.9.9|"
      "10.0.0.7|1713614401|?\n"
      "w1|9.9.9.9|10.0.0.8|1713614401|5\n";
  const auto file = ParseLog(
      Source::kZeekTsv, "lost\tline\n" + std::string(kConnHeader) + Conn("udp", "1", "1\t2", "SF") + second);
  EXPECT_THAT(file.rows, ElementsAre(HasSubstr("from=10.0.0.1"), HasSubstr("from=10.0.0.8")));
  EXPECT_THAT(file.Reasons(),
              ElementsAre("unparsable@0: no #fields line stands before it", HasSubstr("no_bytes_no_ports@")));
}

TEST(ZeekTsv, AHeaderWithoutAddressesHasNoSessions) {
  const auto file = ParseLog(Source::kZeekTsv,
                             "#separator |\n#path|conn\n#fields|ts|id.orig_h|resp|orig_bytes\n"
                             "1713614400|10.0.0.1|9.9.9.9|7\n");
  EXPECT_THAT(file.Reasons(),
              ElementsAre(HasSubstr("unparsable@61: #fields names no id.orig_h or no id.resp_h")));
}

TEST(ZeekTsv, TheSeparatorMayStandAsItself) {
  const auto file = ParseLog(Source::kZeekTsv,
                             "#separator |\n#path|conn\n#fields|ts|id.orig_h|id.resp_h|orig_bytes\n"
                             "1713614400|10.0.0.1|9.9.9.9|7\n");
  EXPECT_THAT(file.rows, ElementsAre(HasSubstr("from=10.0.0.1")));
}

TEST(ZeekTsv, LabelsBehindThreeSpaces) {
  const std::string header =
      "#separator \\x09\n#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\torig_bytes\ttunnel_parents   label  "
      " detailed-label\n";
  const std::string row = "1713614400\t10.0.0.1\t9.9.9.9\t7\t";
  const auto file =
      ParseLog(Source::kZeekTsv, header + row + "-   Benign   -\n" + row + "-\tBenign\t-\n" + row + "-\n");
  EXPECT_EQ(file.rows.size(), 2u) << "columns may be apart by tabs too";
  EXPECT_THAT(file.Reasons(), ElementsAre(HasSubstr("5 columns where #fields names 7")));
}

TEST(ZeekTsv, OtherLogsAreNoSessions) {
  const auto file =
      ParseLog(Source::kZeekTsv, "#separator \\x09\n#path\tdns\n#fields\tts\tuid\n1\ta\n2\tb\n" +
                                     std::string(kConnHeader) + Conn("tcp", "1", "1\t2", "SF"));
  EXPECT_EQ(file.counters.Get("other_streams"), 2);
  EXPECT_EQ(file.rows.size(), 1u);
}

TEST(ZeekJson, BothKindsOfNamesAndOneOfManyStreams) {
  const auto file = ParseLog(
      Source::kZeekJson,
      R"({"_path":"conn","ts":1713614400.5,"uid":"C1","id.orig_h":"10.0.0.1","id.orig_p":1,"id.resp_h":"9.9.9.9","id.resp_p":53,)"
      R"("proto":"udp","duration":2.5e-05,"orig_bytes":39,"resp_bytes":55,"conn_state":"SF","orig_pkts":1,"resp_pkts":1})"
      "\n"
      R"({"@stream":"conn","ts":"2024-04-20T12:00:00.5Z","uid":"C1","id_orig_h":"10.0.0.1","id_orig_p":1,"id_resp_h":"9.9.9.9","id_resp_p":53,)"
      R"("proto":"udp","duration":0.000025,"orig_bytes":39,"resp_bytes":55,"conn_state":"SF","orig_pkts":1,"resp_pkts":1})"
      "\n"
      R"({"@stream":"dns","ts":1713614400.5,"id_orig_h":"10.0.0.1"})"
      "\n"
      R"({"ts":1713614400.5,"id.orig_h":"10.0.0.1","id.resp_h":"9.9.9.9","uri":"/"})"
      "\n");
  ASSERT_EQ(file.rows.size(), 2u);
  EXPECT_EQ(file.rows[0],
            "start=2024-04-20T12:00:00.500000Z end=2024-04-20T12:00:00.500025Z from=10.0.0.1 port=1 "
            "to=9.9.9.9 port=53 source_bytes=39 "
            "destination_bytes=55 source_packets=1 destination_packets=1 over=udp event_action=allow key=C1");
  EXPECT_EQ(file.rows[1], file.rows[0]);
  EXPECT_EQ(file.counters.Get("other_streams"), 2);
}

TEST(ZeekJson, ConnWithoutAPathIsKnownByItsFields) {
  const auto file = ParseLog(
      Source::kZeekJson,
      R"({"ts":1713614400,"id.orig_h":"10.0.0.1","id.resp_h":"9.9.9.9","id.resp_p":53,"proto":"udp","missed_bytes":0})");
  EXPECT_THAT(file.rows, ElementsAre(HasSubstr("event_action=allow"))) << "a null state is allowed";
}

}  // namespace
}  // namespace ndr::ingest
