// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "ndr/simulate/traffic.h"

namespace ndr::simulate {
namespace {

using base::Micros;

constexpr uint64_t kInternet = 1ull << 40;  // beyond the ids of all hosts
constexpr uint64_t kUptimeClock = 301;
constexpr uint64_t kRegularCustomers = 400;
constexpr std::array<uint16_t, 16> kKnockedPorts = {23,   22,   445,  80,   8080, 3389, 5900, 81,
                                                    2323, 8443, 1433, 6379, 5555, 21,   25,   3306};

void Customers(const Slice& slice, SessionWriter& writer, const Host& server) {
  Random& random = writer.random();
  EachRandomTime(slice, random, 20 + 130 * CompanyLoad(slice.start), [&](Micros t) {
    const uint64_t who = random.Chance(0.5) ? random.Popular(kRegularCustomers) + 1 : random.Next();
    const bool over_v6 = server.v6 && random.Chance(0.2);
    const auto pages = 1 + static_cast<int>(random.Exponential(1.5));
    for (int page = 0; page < pages; ++page) {
      t += random.Between(50'000, 8'000'000);
      writer.Add(slice.Wrap(t), over_v6 ? PublicV6(who) : PublicV4(who), over_v6 ? *server.v6 : server.v4,
                 page == 0 && random.Chance(0.3) ? profiles::kPlainWeb : profiles::kWeb);
    }
  });
}

// Somebody scans the whole internet at all times. The firewall drops what no server offers.
void Noise(const Slice& slice, SessionWriter& writer, const Host& server) {
  Random& random = writer.random();
  EachRandomTime(slice, random, 60, [&](Micros t) {
    Profile profile = profiles::kPlainWeb;
    profile.port = random.Chance(0.8) ? kKnockedPorts[random.Popular(kKnockedPorts.size())]
                                      : static_cast<uint16_t>(random.Between(1, 65535));
    const base::Address target =
        random.Chance(0.6) ? server.v4
                           : InternalV4(server.segment, static_cast<uint32_t>(random.Between(1, 62)));
    const bool open = target == server.v4 && (profile.port == 80 || profile.port == 443);
    writer.AddWithOutcome(t, PublicV4(random.Next()), target, profile,
                          open ? Outcome::kResetByClient : Outcome::kDropped);
  });
}

}  // namespace

void AddInternetTraffic(const Slice& slice, std::vector<Session>* out) {
  const Network& network = slice.network;
  Random random = SliceRandom(slice, kInternet);
  SessionWriter writer(&random, out);
  const Host& server = network.Server(Role::kWebServer);
  Customers(slice, writer, server);
  Noise(slice, writer, server);
  EachTick(slice, kUptimeClock, 5 * base::kMicrosPerMinute, 3 * base::kMicrosPerSecond,
           [&](Micros t) { writer.Add(t, network.uptime_monitor, server.v4, profiles::kWeb); });
  const double users = static_cast<double>(network.workstations.size());
  EachRandomTime(slice, random, 2 + 0.6 * users * CompanyLoad(slice.start), [&](Micros t) {
    writer.Add(t, network.mail_exchangers[random.Popular(network.mail_exchangers.size())],
               network.Server(Role::kMail).v4, profiles::kSmtp);
  });
}

}  // namespace ndr::simulate
