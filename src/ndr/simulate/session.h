// SPDX-License-Identifier: Apache-2.0
// One simulated session, before it becomes the text of a log format.
#pragma once

#include <cstdint>

#include "ndr/base/address.h"
#include "ndr/base/time.h"

namespace ndr::simulate {

enum class Transport : uint8_t { kTcp, kUdp, kIcmp };

/// How a session ended. All but the first three had no reply: their `destination_bytes` are 0.
enum class Outcome : uint8_t {
  kFinished,       ///< tcp closed by both; udp and icmp that were answered
  kResetByClient,  ///< answered, then reset by the source
  kResetByServer,  ///< answered, then reset by the destination
  kTimedOut,       ///< allowed, and nobody answered
  kRefused,        ///< allowed, and the destination answered with a reset (tcp)
  kDenied,         ///< refused by policy with a reset
  kDropped,        ///< refused by policy without a word
};

constexpr bool IsAnswered(Outcome outcome) { return outcome <= Outcome::kResetByServer; }

/// The application, as Zeek's `service` column names it.
enum class Service : uint8_t {
  kNone,
  kDns,
  kHttp,
  kTls,
  kNtp,
  kSmb,
  kLdap,
  kKerberos,
  kSmtp,
  kSsh,
  kRdp,
  kSip,
  kSnmp
};

struct Session {
  base::Micros start = 0;
  base::Micros duration = 0;
  base::Address source, destination;
  int64_t source_bytes = 0, destination_bytes = 0;  ///< payload: a lone SYN carries none
  int64_t source_packets = 0, destination_packets = 0;
  uint64_t number = 0;            ///< 1 and up, unique, rising with `start`
  uint16_t source_port = 0;       ///< of icmp: the type
  uint16_t destination_port = 0;  ///< of icmp: the code
  Transport transport = Transport::kTcp;
  Outcome outcome = Outcome::kFinished;
  Service service = Service::kNone;
};

}  // namespace ndr::simulate
