// SPDX-License-Identifier: Apache-2.0
// What sessions of each kind look like: ports, sizes, durations, and how often they fail.
#pragma once

#include <vector>

#include "ndr/simulate/random.h"
#include "ndr/simulate/session.h"

namespace ndr::simulate {

/// The shape of one kind of session. Sizes and durations are log-normal around their medians; `tail` of the
/// replies come from a Pareto distribution (alpha 1.1) instead, since a few transfers carry most of the bytes
/// of a real network.
struct Profile {
  Transport transport;
  Service service;
  uint16_t port;
  double request_bytes, request_sigma;
  double reply_bytes, reply_sigma;  // no reply at all: timed_out is 1
  double seconds, seconds_sigma;
  double tail = 0;           ///< share of heavy replies
  double timed_out = 0.001;  ///< share of sessions without any answer
  double refused = 0.0005;   ///< share refused with a reset (tcp only)
  double reset = 0.02;       ///< share of tcp sessions that end by a reset after the answer
};

namespace profiles {
// clang-format off
//                                   transport        service             port   request      reply         seconds    tail   timeout refused reset
inline constexpr Profile kWeb      {Transport::kTcp,  Service::kTls,       443,  1400, 0.9,   9000, 1.6,   2.5, 1.6,  0.02,  0.004,  0.002,  0.08};
inline constexpr Profile kPlainWeb {Transport::kTcp,  Service::kHttp,       80,   450, 0.7,   4000, 1.5,   0.4, 1.5,  0.01,  0.006,  0.003,  0.05};
inline constexpr Profile kQuic     {Transport::kUdp,  Service::kNone,      443,  2600, 0.7,  14000, 1.5,   8.0, 1.4,  0.02,  0.003};
inline constexpr Profile kDns      {Transport::kUdp,  Service::kDns,        53,    44, 0.25,   130, 0.5, 0.012, 1.0,  0,     0.002};
inline constexpr Profile kNtp      {Transport::kUdp,  Service::kNtp,       123,    48, 0,       48, 0,    0.01, 0.8,  0,     0.002};
inline constexpr Profile kSmb      {Transport::kTcp,  Service::kSmb,       445,  6000, 1.4,  30000, 1.9,    30, 1.5,  0.02};
inline constexpr Profile kLdap     {Transport::kTcp,  Service::kLdap,      389,  1600, 0.6,   5200, 0.7,   1.5, 1.3};
inline constexpr Profile kKerberos {Transport::kTcp,  Service::kKerberos,   88,  1700, 0.2,   1800, 0.2,  0.02, 0.8};
inline constexpr Profile kImaps    {Transport::kTcp,  Service::kTls,       993,  1900, 0.8,   7000, 1.6,     8, 1.8,  0.01};
inline constexpr Profile kSmtp     {Transport::kTcp,  Service::kSmtp,       25, 24000, 1.7,   1400, 0.4,   3.0, 1.0,  0,     0.01,   0.005,  0.02};
inline constexpr Profile kIntranet {Transport::kTcp,  Service::kTls,      8443,  1500, 0.7,  16000, 1.3,   1.5, 1.3,  0.01};
inline constexpr Profile kPrintJob {Transport::kTcp,  Service::kNone,     9100, 180000, 1.4,   900, 0.5,     6, 0.9};
inline constexpr Profile kSyslog   {Transport::kUdp,  Service::kNone,      514,   320, 0.6,      0, 0,       0, 0,    0,     1};
inline constexpr Profile kSnmp     {Transport::kUdp,  Service::kSnmp,      161,   260, 0.3,    520, 0.4,  0.05, 0.8,  0,     0.003};
inline constexpr Profile kPing     {Transport::kIcmp, Service::kNone,        0,    56, 0,       56, 0,   0.004, 1.0,  0,     0.001};
inline constexpr Profile kSip      {Transport::kUdp,  Service::kSip,      5060,   900, 0.2,    700, 0.2,   0.1, 0.5};
inline constexpr Profile kRtp      {Transport::kUdp,  Service::kNone,    10000, 850000, 0.9, 850000, 0.9,   90, 0.9,  0,     0};
inline constexpr Profile kCamera   {Transport::kTcp,  Service::kNone,      554,  9000, 0.3, 42e6, 0.25,    880, 0.02, 0,     0.002,  0.001,  0.02};
inline constexpr Profile kMqtt     {Transport::kTcp,  Service::kTls,      8883,  1100, 0.3,   1500, 0.3,   0.6, 0.7};
inline constexpr Profile kTelemetry{Transport::kTcp,  Service::kTls,       443,  5200, 0.6,   4300, 0.4,   0.9, 0.8};
inline constexpr Profile kUpdate   {Transport::kTcp,  Service::kTls,       443,  1900, 0.4,  26000, 1.9,   1.8, 1.2,  0.02};
inline constexpr Profile kUpload   {Transport::kTcp,  Service::kTls,       443, 400000, 1.9,  9000, 0.8,     6, 1.2};
inline constexpr Profile kSsh      {Transport::kTcp,  Service::kSsh,        22, 12000, 1.3,  26000, 1.5,   180, 1.7};
inline constexpr Profile kRdp      {Transport::kTcp,  Service::kRdp,      3389, 420000, 1.0, 3.2e6, 1.1,   600, 1.2};
inline constexpr Profile kWinRm    {Transport::kTcp,  Service::kNone,     5985,  7000, 0.9,  14000, 1.1,     6, 1.2};
inline constexpr Profile kGit      {Transport::kTcp,  Service::kSsh,        22, 14000, 1.7,  60000, 1.9,     4, 1.1,  0.01};
inline constexpr Profile kDatabase {Transport::kTcp,  Service::kNone,     5432,  2600, 1.0,  21000, 1.6,   1.2, 1.5,  0.005};
inline constexpr Profile kBackup   {Transport::kTcp,  Service::kNone,    10000, 40000, 0.5,   9e8, 0.8,     60, 0.5,  0,     0};
inline constexpr Profile kReplicate{Transport::kTcp,  Service::kLdap,      389,  9000, 0.8,  12000, 0.9,   4.0, 0.9};
// clang-format on
}  // namespace profiles

/// Adds sessions to `out`. One writer belongs to one host and slot: it draws from that stream of numbers.
class SessionWriter {
 public:
  SessionWriter(Random* random, std::vector<Session>* out) : random_(*random), out_(*out) {}

  /// A session of the profile's kind, its failures included.
  Session& Add(base::Micros start, base::Address source, base::Address destination, const Profile& profile);
  /// One whose outcome is given; without a reply it carries nothing.
  Session& AddWithOutcome(base::Micros start, base::Address source, base::Address destination,
                          const Profile& profile, Outcome outcome);
  /// Sets the payload of both sides and what follows from it: packets, and a duration that a 40 MB/s network
  /// allows.
  static void SetBytes(Session* session, int64_t source_bytes, int64_t destination_bytes);

  Random& random() { return random_; }

 private:
  Outcome DrawOutcome(const Profile& profile);

  Random& random_;
  std::vector<Session>& out_;
};

}  // namespace ndr::simulate
