// SPDX-License-Identifier: Apache-2.0
#include "ndr/findings/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ndr::findings {
namespace {

// How a sentence writes x, own and peers.
enum class Quantity : uint8_t { kNumber, kBytes };

/// What a host did, by metric and role; `{x}` is the amount, `{at}` the port or peer.
struct Sentence {
  std::string_view metric;
  std::string_view role;  ///< empty: both
  Quantity quantity;
  std::string_view text;
  std::string_view without_at = "";  ///< where the port or peer is not known; empty: the same text
};

constexpr Sentence kSentences[] = {
    {"failed_peers_per_port_max", "", Quantity::kNumber, "tried {x} addresses on port {at} without an answer",
     "tried {x} addresses on one port without an answer"},
    {"failed_ports_per_peer_max", "", Quantity::kNumber, "tried {x} ports of {at} without an answer",
     "tried {x} ports of one address without an answer"},
    {"deny_cnt", "outbound", Quantity::kNumber, "had {x} sessions denied"},
    {"deny_cnt", "inbound", Quantity::kNumber, "had {x} sessions to it denied"},
    {"new_peer_bytes_sent_max", "", Quantity::kBytes,
     "sent {x} to {at}, which it had not met before and which sent little back",
     "sent {x} to one address that it had not met before and that sent little back"},
    {"new_admin_reach", "", Quantity::kNumber,
     "newly reached internal hosts on ports of administration, files, directory or databases, where it had "
     "never been ({x} points: 1 for each, 3 where no other host goes)"},
    {"admin_port_sessions_cnt", "outbound", Quantity::kNumber, "opened {x} sessions on administration ports"},
    {"admin_port_sessions_cnt", "inbound", Quantity::kNumber,
     "received {x} sessions on administration ports"},
    {"sessions_cnt", "outbound", Quantity::kNumber, "opened {x} sessions"},
    {"sessions_cnt", "inbound", Quantity::kNumber, "received {x} sessions"},
    {"max_sessions_per_minute", "outbound", Quantity::kNumber, "opened {x} sessions in one minute"},
    {"max_sessions_per_minute", "inbound", Quantity::kNumber, "received {x} sessions in one minute"},
    {"bytes_src_sum", "outbound", Quantity::kBytes, "sent {x}"},
    {"bytes_src_sum", "inbound", Quantity::kBytes, "was sent {x} by hosts that called it"},
    {"bytes_dst_sum", "outbound", Quantity::kBytes, "fetched {x}"},
    {"bytes_dst_sum", "inbound", Quantity::kBytes, "gave out {x} to hosts that called it"},
    {"reached_new_peer_cnt", "outbound", Quantity::kNumber,
     "spoke with {x} addresses that it had not met before"},
    {"reached_new_peer_cnt", "inbound", Quantity::kNumber,
     "answered {x} addresses that it had not met before"},
    {"reached_new_port_cnt", "outbound", Quantity::kNumber,
     "used {x} service ports that it had not used before"},
    {"reached_new_port_cnt", "inbound", Quantity::kNumber,
     "answered on {x} service ports on which it had not answered before"},
};

// "port 25", "73.54.23.243 on port 80" out of `25`, `73.54.23.243|80`.
std::string PeerAndPort(const std::string& at) {
  const size_t bar = at.find('|');
  return bar == std::string::npos ? at : at.substr(0, bar) + " on port " + at.substr(bar + 1);
}

std::string Minutes(double minutes) {
  if (minutes == 1) return "minute";
  if (minutes < 120 || std::fmod(minutes, 60) != 0) return Number(minutes) + " minutes";
  return Number(minutes / 60) + " hours";
}

std::string Length(const std::string& label, const catalogue::Catalogue& catalogue) {
  const int w = catalogue.FindWindow(label);
  if (w < 0) return label;
  const int slices = catalogue.windows()[static_cast<size_t>(w)].slices;
  return slices == 4 ? "hour" : Minutes(slices * static_cast<double>(base::kMinutesPerSlice));
}

std::string Substitute(std::string_view text, const std::string& x, const std::string& at) {
  std::string out;
  while (!text.empty()) {
    const bool is_x = text.starts_with("{x}");
    const bool is_at = text.starts_with("{at}");
    if (is_x)
      out += x;
    else if (is_at)
      out += at;
    else
      out += text.front();
    text.remove_prefix(is_x ? 3 : is_at ? 4 : 1);
  }
  return out;
}

std::string ClockTime(const base::Calendar& calendar, base::Micros t) {
  return LocalTime(calendar, t).substr(11);
}

// "; its own p99 is 786, its network's p95 0".
std::string Normal(const Reason& r, Quantity quantity, const spec::Context& context) {
  const auto amount = [&](double v) { return quantity == Quantity::kBytes ? Bytes(v) : Number(v); };
  std::string out = r.own ? "; its own p99 is " + amount(*r.own) : "; it has no history of its own";
  if (!r.peers) return out + (r.own ? "" : " and no peers to compare with");
  const std::vector<spec::FindingTerm>& configured = context.project.findings.terms;
  const std::vector<spec::FindingTerm> terms = configured.empty() ? spec::DefaultTerms() : configured;
  const bool at_ceiling = std::any_of(terms.begin(), terms.end(), [&](const spec::FindingTerm& t) {
    return t.metric == r.metric && t.ceiling == r.peers;
  });
  if (at_ceiling) return out + ", and more than " + amount(*r.peers) + " is never taken as normal";
  return out + ", its network's p95 " + (r.own ? "" : "is ") + amount(*r.peers);
}

std::string BeaconInWords(const Reason& r, const std::string& when) {
  const std::string who = PeerAndPort(r.at);
  std::string rhythm = "called " + who;
  if (r.role == "inbound") rhythm = "was called by " + who;
  if (r.gap_median) rhythm += " every " + Minutes(*r.gap_median) + " or so";
  return rhythm + ", like a clock, " + when + " (beacon score " + fmt::format("{:.2f}", r.x) + " of 1)";
}

}  // namespace

std::string Number(double value) {
  const double rounded = std::round(value);
  if (value != rounded || std::abs(value) >= 1e15) return fmt::format("{:.3g}", value);
  std::string digits = fmt::format("{:.0f}", std::abs(rounded));
  for (size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return (rounded < 0 ? "-" : "") + digits;
}

std::string Bytes(double value) {
  static constexpr std::string_view kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  size_t unit = 0;
  // 999.95 of one unit would be written as 1000.0.
  while (std::abs(value) >= (unit == 0 ? 1000 : 999.95) && unit + 1 < std::size(kUnits))
    value /= 1000, ++unit;
  return unit == 0 ? fmt::format("{:.0f} B", value) : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string LocalTime(const base::Calendar& calendar, base::Micros t) {
  const base::Micros local = t + calendar.zone().OffsetSeconds(t) * base::kMicrosPerSecond;
  std::string text = base::FormatInstant(base::FloorTo(local, base::kMicrosPerMinute)).substr(0, 16);
  text[10] = ' ';
  return text;
}

std::string InWords(const Reason& r, base::Micros end, const spec::Context& context) {
  const std::string when =
      "in the " + Length(r.window_label, *context.catalogue) + " to " + ClockTime(context.calendar, end);
  if (r.metric == "beacon_score") return BeaconInWords(r, when);
  if (r.metric == "active_minutes_cnt")
    return "tried " + PeerAndPort(r.at) + " in " + Number(r.x) + " minutes, mostly without an answer, " +
           when + "; nobody else calls it";
  for (const Sentence& s : kSentences) {
    if (s.metric != r.metric || (!s.role.empty() && s.role != r.role)) continue;
    const std::string x = s.quantity == Quantity::kBytes ? Bytes(r.x) : Number(r.x);
    const std::string_view text = r.at.empty() && !s.without_at.empty() ? s.without_at : s.text;
    return Substitute(text, x, r.at) + " " + when + Normal(r, s.quantity, context);
  }
  const std::string at = r.at.empty() ? "" : " (" + PeerAndPort(r.at) + ")";
  return r.metric + " (" + r.role + ") was " + Number(r.x) + at + " " + when +
         Normal(r, Quantity::kNumber, context);
}

}  // namespace ndr::findings
