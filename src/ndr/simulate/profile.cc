// SPDX-License-Identifier: Apache-2.0
#include "ndr/simulate/profile.h"

#include <algorithm>

namespace ndr::simulate {
namespace {

constexpr int64_t kPayloadPerPacket = 1380;
constexpr int64_t kBytesPerSecondMax = 40'000'000;
constexpr double kHeaviestReply = 2.0e9;
constexpr double kHeavyReplyAlpha = 1.1;
constexpr double kHeavyReplyFactor = 20;  // a heavy reply begins at this multiple of the median
constexpr uint16_t kEphemeralPorts = 28000, kFirstEphemeralPort = 32768;
constexpr uint16_t kEchoRequest = 8;

constexpr int64_t DataPackets(int64_t bytes) { return (bytes + kPayloadPerPacket - 1) / kPayloadPerPacket; }

// The retries of a connection that nobody answers: the first after 1 s, then 2 s and 4 s later.
void Unanswered(Random& random, Session* s) {
  if (s->transport == Transport::kTcp) {
    s->source_packets = random.Between(1, 4);
    s->duration = ((int64_t{1} << (s->source_packets - 1)) - 1) * base::kMicrosPerSecond;
    if (s->duration > 0) s->duration += random.Between(0, 30'000);
    return;
  }
  s->source_packets = random.Between(1, 2);
  s->duration = s->source_packets == 1 ? 0 : random.Between(1'000'000, 5'000'000);
}

}  // namespace

void SessionWriter::SetBytes(Session* s, int64_t source_bytes, int64_t destination_bytes) {
  s->source_bytes = source_bytes;
  s->destination_bytes = destination_bytes;
  if (s->transport == Transport::kTcp) {
    // Handshake and close are three packets and two; an acknowledgement goes back for every other packet of
    // data.
    s->source_packets = 4 + DataPackets(source_bytes) + DataPackets(destination_bytes) / 2;
    s->destination_packets = 3 + DataPackets(destination_bytes) + DataPackets(source_bytes) / 2;
  } else {
    s->source_packets = std::max<int64_t>(1, DataPackets(source_bytes));
    s->destination_packets = DataPackets(destination_bytes);
  }
  const int64_t least = (source_bytes + destination_bytes) * base::kMicrosPerSecond / kBytesPerSecondMax;
  s->duration = std::max(s->duration, least);
}

Outcome SessionWriter::DrawOutcome(const Profile& profile) {
  const bool tcp = profile.transport == Transport::kTcp;
  double u = random_.Uniform();
  if (u < profile.timed_out) return Outcome::kTimedOut;
  u -= profile.timed_out;
  if (!tcp) return Outcome::kFinished;
  if (u < profile.refused) return Outcome::kRefused;
  u -= profile.refused;
  if (u < profile.reset) return u < profile.reset / 2 ? Outcome::kResetByClient : Outcome::kResetByServer;
  return Outcome::kFinished;
}

Session& SessionWriter::Add(base::Micros start, base::Address source, base::Address destination,
                            const Profile& profile) {
  return AddWithOutcome(start, source, destination, profile, DrawOutcome(profile));
}

Session& SessionWriter::AddWithOutcome(base::Micros start, base::Address source, base::Address destination,
                                       const Profile& profile, Outcome outcome) {
  Session& s = out_.emplace_back();
  s.start = start;
  s.source = source;
  s.destination = destination;
  s.transport = profile.transport;
  s.outcome = outcome;
  s.source_port = profile.transport == Transport::kIcmp
                      ? kEchoRequest
                      : static_cast<uint16_t>(kFirstEphemeralPort + random_.Below(kEphemeralPorts));
  s.destination_port = profile.port;
  if (IsAnswered(outcome)) {
    s.service = profile.service;
    s.duration = static_cast<int64_t>(random_.LogNormal(profile.seconds, profile.seconds_sigma) * 1e6);
    const double request = random_.LogNormal(profile.request_bytes, profile.request_sigma);
    const double reply =
        profile.tail > 0 && random_.Chance(profile.tail)
            ? random_.Pareto(kHeavyReplyFactor * profile.reply_bytes, kHeavyReplyAlpha, kHeaviestReply)
            : random_.LogNormal(profile.reply_bytes, profile.reply_sigma);
    SetBytes(&s, static_cast<int64_t>(request), static_cast<int64_t>(reply));
  } else if (outcome == Outcome::kRefused || outcome == Outcome::kDenied) {
    s.source_packets = s.destination_packets = 1;
    s.duration = static_cast<int64_t>(random_.LogNormal(400, 0.8));  // microseconds
  } else {
    Unanswered(random_, &s);
    // Over udp and icmp the question itself is payload.
    if (profile.transport != Transport::kTcp)
      s.source_bytes = s.source_packets *
                       static_cast<int64_t>(random_.LogNormal(profile.request_bytes, profile.request_sigma));
  }
  return s;
}

}  // namespace ndr::simulate
