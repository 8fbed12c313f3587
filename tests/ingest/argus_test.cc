// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "ingest/parsing.h"

namespace ndr::ingest {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kArgusHeader =
    "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,Label\n";

// A flow of 1.5 s and 100 + 36 bytes.
std::string Flow(std::string_view proto, std::string_view sport, std::string_view dir, std::string_view dport,
                 std::string_view state) {
  return "2011/08/16 10:01:46.972101,1.500000," + std::string(proto) + ",10.0.0.1," + std::string(sport) +
         ", " + std::string(dir) + ",10.0.0.2," + std::string(dport) + "," + std::string(state) +
         ",0,0,2,136,100,flow=Background\n";
}

ParsedFile Parse(const std::string& flows) {
  return ParseLog(Source::kArgus, std::string(kArgusHeader) + flows);
}

TEST(Argus, AFlowInFull) {
  const auto file = Parse(Flow("tcp", "49213", "->", "0x01bb", "FSPA_FSPA"));
  EXPECT_THAT(
      file.rows,
      ElementsAre(
          "start=2011-08-16T10:01:46.972101Z end=2011-08-16T10:01:48.472101Z from=10.0.0.1 port=49213 "
          "to=10.0.0.2 "
          "port=443 source_bytes=100 destination_bytes=36 over=tcp event_action=allow event_reason=tcp-fin"));
  EXPECT_EQ(file.counters.Get("header_lines"), 1);
  EXPECT_EQ(file.counters.Get("zoneless_times"), 1);
}

TEST(Argus, AHeaderWithoutAddressesHasNoSessions) {
  const auto file =
      ParseLog(Source::kArgus, "StartTime,Dur,SrcAddr,TotBytes\n2011/08/16 10:01:46,1,10.0.0.1,7\n");
  EXPECT_THAT(file.Reasons(), ElementsAre(HasSubstr("the header names no SrcAddr or no DstAddr")));
}

TEST(Argus, BackwardFlowsAreExchanged) {
  const auto back =
      HasSubstr("from=10.0.0.2 port=80 to=10.0.0.1 port=5000 source_bytes=36 destination_bytes=100");
  const auto as_is =
      HasSubstr("from=10.0.0.1 port=5000 to=10.0.0.2 port=80 source_bytes=100 destination_bytes=36");
  std::string flows;
  for (const char* dir : {"<-", "<?", "<->", "<?>", "->", "?>"})
    flows += Flow("udp", "5000", dir, "80", "CON");
  EXPECT_THAT(Parse(flows).rows, ElementsAre(back, back, as_is, as_is, as_is, as_is));
}

TEST(Argus, StatesOfTcpSayTheReason) {
  std::string flows;
  for (const char* state :
       {"SRPA_FSPA", "SRPA_SRPA", "FSPA_FSRPA", "FSA_FSA", "FSPA_SPA", "S_", "_FSPA", "CON"})
    flows += Flow("tcp", "1", "->", "2", state);
  flows += Flow("udp", "1", "->", "2", "R_R") + Flow("tcp", "1", "<-", "2", "SRPA_FSPA");
  const auto client = HasSubstr("tcp-rst-from-client"), server = HasSubstr("tcp-rst-from-server");
  const auto none = Not(HasSubstr("event_reason"));
  EXPECT_THAT(Parse(flows).rows, ElementsAre(client, client, server, HasSubstr("tcp-fin"), none, none, none,
                                             none, none, server));
}

TEST(Argus, TransportsAndPorts) {
  const auto file = Parse(Flow("rtp", "1", "->", "2", "CON") + Flow("rtcp", "1", "->", "2", "CON") +
                          Flow("udt", "1", "->", "2", "CON") + Flow("icmp", "0x0303", "->", "", "URP") +
                          Flow("esp", "", "->", "0x2020597d", "INT") + Flow("arp", "", "who", "", "INT"));
  const auto udp = HasSubstr("port=2 source_bytes=100 destination_bytes=36 over=udp");
  EXPECT_THAT(file.rows,
              ElementsAre(udp, udp, udp, AllOf(HasSubstr("over=icmp"), Not(HasSubstr("port="))),
                          AllOf(HasSubstr("over=other"), Not(HasSubstr("port="))), HasSubstr("over=other")));
}

TEST(Argus, ColumnsOfPacketsAndAnotherOrder) {
  const auto file = ParseLog(
      Source::kArgus,
      "SrcAddr,StartTime,DstAddr,TotPkts,SrcPkts,DstBytes,Dur\n10.0.0.1,1313488906.5,9.9.9.9,7,3,50,0.25\n"
      "StartTime,SrcAddr,DstAddr,SrcBytes\n2011/08/16 10:00:00,10.0.0.3,9.9.9.9,4\n10.0.0.4,9.9.9.9,4\n");
  EXPECT_THAT(file.rows, ElementsAre(HasSubstr("end=2011-08-16T10:01:46.750000Z from=10.0.0.1 to=9.9.9.9 "
                                               "destination_bytes=50 source_packets=3 destination_packets=4"),
                                     HasSubstr("from=10.0.0.3 to=9.9.9.9 source_bytes=4")));
  EXPECT_THAT(file.Reasons(), ElementsAre(HasSubstr("3 columns where the header names 4")));
}

TEST(Argus, HardwareAddressesAreMalformedAndHeaderlessLinesUnparsable) {
  const auto file = ParseLog(Source::kArgus, "1,2\n" + std::string(kArgusHeader) +
                                                 "2011/08/16 10:01:47.6,1,ipx/spx,00:15:17:2c:e5:2d,,   "
                                                 "->,ff:ff:ff:ff:ff:ff,,INT,,,568,52705,52705,x\n");
  EXPECT_THAT(file.Reasons(),
              ElementsAre(HasSubstr("unparsable@0: no header line"),
                          HasSubstr("malformed_address@104: source_ip is no address: '00:15:17:2c:e5:2d'")));
}

}  // namespace
}  // namespace ndr::ingest
