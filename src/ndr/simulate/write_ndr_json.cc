// SPDX-License-Identifier: Apache-2.0
// JSON Lines with the canonical names (specification 5, ndr-json).
#include <array>

#include "ndr/simulate/log_text.h"

namespace ndr::simulate {
namespace {

// Subtype, action and reason, by outcome.
constexpr std::array<std::string_view, 7> kTcpEnds = {
    R"("event_subtype":"end","event_action":"allow","event_reason":"tcp-fin")",
    R"("event_subtype":"end","event_action":"allow","event_reason":"tcp-rst-from-client")",
    R"("event_subtype":"end","event_action":"allow","event_reason":"tcp-rst-from-server")",
    R"("event_subtype":"end","event_action":"allow","event_reason":"aged-out")",
    R"("event_subtype":"end","event_action":"allow","event_reason":"tcp-rst-from-server")",
    R"("event_subtype":"deny","event_action":"deny","event_reason":"policy-deny")",
    R"("event_subtype":"drop","event_action":"drop","event_reason":"policy-deny")"};
constexpr std::string_view kOtherEnd =
    R"("event_subtype":"end","event_action":"allow","event_reason":"aged-out")";
constexpr std::array<std::string_view, 3> kTransports = {"tcp", "udp", "icmp"};

std::string_view EndOf(const Session& s) {
  const bool ended_by_age = s.transport != Transport::kTcp && s.outcome < Outcome::kDenied;
  return ended_by_age ? kOtherEnd : kTcpEnds[static_cast<size_t>(s.outcome)];
}

}  // namespace

void AppendNdrJson(const std::vector<Session>& sessions, std::string* out) {
  LineWriter line(out);
  for (const Session& s : sessions) {
    line.Begin();
    line.Text(R"({"event_start":")").CivilTime(s.start, '-', 'T');
    line.Text(R"(Z","event_end":")").CivilTime(s.start + s.duration, '-', 'T');
    line.Text(R"(Z","source_ip":")").Ip(s.source).Text(R"(","destination_ip":")").Ip(s.destination);
    if (s.transport == Transport::kIcmp) {
      line.Text(R"(","source_port":null,"destination_port":null)");
    } else {
      line.Text(R"(","source_port":)")
          .Number(s.source_port)
          .Text(R"(,"destination_port":)")
          .Number(s.destination_port);
    }
    line.Text(R"(,"source_bytes":)")
        .Number(s.source_bytes)
        .Text(R"(,"destination_bytes":)")
        .Number(s.destination_bytes);
    line.Text(R"(,"source_packets":)").Number(s.source_packets);
    line.Text(R"(,"destination_packets":)").Number(s.destination_packets);
    line.Text(R"(,"network_transport":")").Text(kTransports[static_cast<size_t>(s.transport)]);
    line.Text(R"(","event_name":"TRAFFIC",)").Text(EndOf(s));
    line.Text(R"(,"device_id":"fw-1","session_key":")").Number(static_cast<int64_t>(s.number));
    line.Text(R"(","sequence":")").Number(static_cast<int64_t>(s.number)).Text("\"}\n");
    line.End();
  }
}

}  // namespace ndr::simulate
