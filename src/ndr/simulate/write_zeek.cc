// SPDX-License-Identifier: Apache-2.0
// Zeek's conn.log as tab-separated values, with the header that Zeek writes.
#include <array>

#include "ndr/base/hash.h"
#include "ndr/simulate/log_text.h"

namespace ndr::simulate {
namespace {

struct ConnState {
  std::string_view state, history;
};
// By outcome.
constexpr std::array<ConnState, 7> kTcpStates = {{{"SF", "ShADadFf"},
                                                  {"RSTO", "ShADadR"},
                                                  {"RSTR", "ShADadr"},
                                                  {"S0", "S"},
                                                  {"REJ", "Sr"},
                                                  {"REJ", "Sr"},
                                                  {"S0", "S"}}};
constexpr std::array<std::string_view, 13> kServices = {
    "-", "dns", "http", "ssl", "ntp", "gssapi,smb", "ldap", "krb_tcp", "smtp", "ssh", "rdp", "sip", "snmp"};
constexpr std::array<std::string_view, 3> kProtocols = {"tcp", "udp", "icmp"};
constexpr int64_t kTcpHeader = 52, kUdpHeader = 28;

ConnState StateOf(const Session& s) {
  if (s.transport == Transport::kTcp) return kTcpStates[static_cast<size_t>(s.outcome)];
  if (s.transport == Transport::kIcmp) return {"OTH", "-"};
  return IsAnswered(s.outcome) ? ConnState{"SF", "Dd"} : ConnState{"S0", "D"};
}

// Mixing is one to one, so different numbers have different uids.
void AppendUid(uint64_t number, LineWriter* line) {
  constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  uint64_t bits = base::Mix(number);
  line->Char('C');
  for (int i = 0; i < 11; ++i, bits /= kDigits.size()) line->Char(kDigits[bits % kDigits.size()]);
}

void AppendClock(base::Micros t, std::string* out) {
  std::string text = base::FormatInstant(base::FloorTo(t, base::kMicrosPerSecond));  // 2026-03-03T00:00:00Z
  text.pop_back();
  for (char& c : text)
    if (c == 'T' || c == ':') c = '-';
  *out += text;
}

}  // namespace

std::string ZeekHeader(base::Micros opened) {
  std::string header =
      "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#open\t";
  AppendClock(opened, &header);
  header +=
      "\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_"
      "bytes\tresp_bytes\t"
      "conn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_"
      "ip_bytes\t"
      "tunnel_parents\n"
      "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\t"
      "string\tbool\tbool\tcount\tstring\tcount\tcount\tcount\tcount\t"
      "set[string]\n";
  return header;
}

std::string ZeekFooter(base::Micros closed) {
  std::string footer = "#close\t";
  AppendClock(closed, &footer);
  return footer + "\n";
}

void AppendZeek(const std::vector<Session>& sessions, std::string* out) {
  LineWriter line(out);
  for (const Session& s : sessions) {
    const ConnState state = StateOf(s);
    const int64_t header = s.transport == Transport::kTcp ? kTcpHeader : kUdpHeader;
    line.Begin();
    line.Seconds(s.start).Char('\t');
    AppendUid(s.number, &line);
    line.Char('\t').Ip(s.source).Char('\t').Number(s.source_port);
    line.Char('\t').Ip(s.destination).Char('\t').Number(s.destination_port);
    line.Char('\t').Text(kProtocols[static_cast<size_t>(s.transport)]);
    line.Char('\t').Text(kServices[static_cast<size_t>(s.service)]);
    line.Char('\t')
        .Seconds(s.duration)
        .Char('\t')
        .Number(s.source_bytes)
        .Char('\t')
        .Number(s.destination_bytes);
    line.Char('\t').Text(state.state).Char('\t').Char(base::IsPrivate(s.source) ? 'T' : 'F');
    line.Char('\t').Char(base::IsPrivate(s.destination) ? 'T' : 'F').Text("\t0\t").Text(state.history);
    line.Char('\t').Number(s.source_packets).Char('\t').Number(s.source_bytes + header * s.source_packets);
    line.Char('\t')
        .Number(s.destination_packets)
        .Char('\t')
        .Number(s.destination_bytes + header * s.destination_packets);
    line.Text("\t-\n");
    line.End();
  }
}

}  // namespace ndr::simulate
