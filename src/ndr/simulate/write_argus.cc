// SPDX-License-Identifier: Apache-2.0
// Argus binetflow: comma-separated, times without a zone (here UTC), bytes and packets as totals.
#include <array>

#include "ndr/simulate/log_text.h"

namespace ndr::simulate {
namespace {

// By outcome: the flags of the source, an underscore, those of the destination.
constexpr std::array<std::string_view, 7> kTcpFlags = {"FSPA_FSPA", "SRPA_SPA", "SPA_SRPA", "S_",
                                                       "S_RA",      "S_RA",     "S_"};
constexpr std::array<std::string_view, 3> kArgusProtocols = {"tcp", "udp", "icmp"};

std::string_view FlagsOf(const Session& s) {
  if (s.transport == Transport::kTcp) return kTcpFlags[static_cast<size_t>(s.outcome)];
  if (s.transport == Transport::kIcmp) return "ECO";
  return IsAnswered(s.outcome) ? "CON" : "INT";
}

std::string_view DirectionOf(const Session& s) {
  const bool both_ways = s.transport != Transport::kTcp && IsAnswered(s.outcome);
  return both_ways ? "  <->" : "   ->";
}

void AppendPorts(const Session& s, uint16_t port, LineWriter* line) {
  if (s.transport == Transport::kIcmp)
    line->Hex(port);
  else
    line->Number(port);
}

}  // namespace

std::string ArgusHeader() {
  return "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes\n";
}

void AppendArgus(const std::vector<Session>& sessions, std::string* out) {
  LineWriter line(out);
  for (const Session& s : sessions) {
    line.Begin();
    line.CivilTime(s.start, '/', ' ').Char(',').Seconds(s.duration);
    line.Char(',').Text(kArgusProtocols[static_cast<size_t>(s.transport)]).Char(',').Ip(s.source).Char(',');
    AppendPorts(s, s.source_port, &line);
    line.Char(',').Text(DirectionOf(s)).Char(',').Ip(s.destination).Char(',');
    AppendPorts(s, s.destination_port, &line);
    line.Char(',').Text(FlagsOf(s)).Text(",0,0,").Number(s.source_packets + s.destination_packets);
    line.Char(',').Number(s.source_bytes + s.destination_bytes).Char(',').Number(s.source_bytes).Char('\n');
    line.End();
  }
}

}  // namespace ndr::simulate
