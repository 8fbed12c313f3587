// SPDX-License-Identifier: Apache-2.0
#include "ndr/simulate/network.h"

#include <algorithm>
#include <array>

#include "ndr/simulate/random.h"

namespace ndr::simulate {
namespace {

using base::Address;

constexpr uint32_t kPrefix = 10u << 24 | 20u << 16;
constexpr uint64_t kLocalV6Prefix = 0xfd20'4e44'5200'0000ull;  // fd20:4e44:5200:<segment>::/64
constexpr int kServerSegment = 1, kPrinterSegment = 2, kDeviceSegment = 3, kPhoneSegment = 5, kDmzSegment = 9;
constexpr int kFirstWorkstationSegment = 20;
constexpr size_t kHostsPerSegment = 200, kWorkstationsPerSegment = 50;
constexpr uint32_t kFirstNumber = 11, kFirstThermostat = 240, kThermostats = 3;
constexpr size_t kSites = 4000;

// Keys of the streams of numbers that make the network.
enum Stream : uint64_t { kHostStream = 1, kSiteStream, kPresenceStream };

constexpr std::array kServers = {Role::kDirectory, Role::kDirectory,  Role::kFile,      Role::kFile,
                                 Role::kMail,      Role::kProxy,      Role::kDatabase,  Role::kApplication,
                                 Role::kBackup,    Role::kMonitoring, Role::kScanner,   Role::kRecorder,
                                 Role::kTelephony, Role::kGit,        Role::kWebServer, Role::kSupport};

void AddHabits(Random& random, Host* host) {
  host->pace = random.LogNormal(1.0, 0.35);
  host->weekend_chance = random.Chance(0.12) ? 0.35 : 0.02;
  host->new_site_chance = random.Uniform(0.005, 0.03);
  host->habitual_sites = static_cast<uint32_t>(random.Between(25, 90));
  host->always_on = random.Chance(0.4);
}

class Builder {
 public:
  explicit Builder(Network* network) : network_(*network) {}

  Host& Add(Role role, int segment, uint32_t number, double v6_chance) {
    Host host;
    host.role = role;
    host.segment = segment;
    host.v4 = InternalV4(segment, number);
    host.id = static_cast<uint32_t>(network_.hosts.size());
    Random random(network_.seed, kHostStream, host.id);
    if (random.Chance(v6_chance))
      host.v6 = Address{kLocalV6Prefix | static_cast<uint64_t>(segment), random.Next() >> 1 | 1};
    if (role == Role::kWorkstation) AddHabits(random, &host);
    return network_.hosts.emplace_back(host);
  }

  /// `count` hosts of one role, in as many segments as they need.
  void AddMany(Role role, size_t count, int segment, size_t per_segment, double v6_chance,
               std::vector<uint32_t>* ids) {
    for (size_t i = 0; i < count; ++i) {
      const auto number = kFirstNumber + static_cast<uint32_t>(i % per_segment);
      ids->push_back(Add(role, segment + static_cast<int>(i / per_segment), number, v6_chance).id);
    }
  }

 private:
  Network& network_;
};

void AddWorkstations(Builder& builder, size_t count, Network* network) {
  // Equal segments, so that each has enough hosts to be compared with one another.
  const size_t segments =
      std::max<size_t>(1, (count + kWorkstationsPerSegment - 1) / kWorkstationsPerSegment);
  const size_t per_segment = (count + segments - 1) / segments;
  builder.AddMany(Role::kWorkstation, count, kFirstWorkstationSegment, per_segment, 0.6,
                  &network->workstations);
  for (size_t i = 0; i < segments; ++i)
    network->workstation_segments.push_back(kFirstWorkstationSegment + static_cast<int>(i));
  const size_t it_hosts = std::max<size_t>(1, count / 45), uploaders = std::max<size_t>(1, count / 40);
  for (size_t i = 0; i < count; ++i) {
    Host& host = network->hosts[network->workstations[i]];
    host.is_it = i + it_hosts >= count;
    host.is_uploader = i < uploaders;
    host.is_developer = !host.is_it && segments > 1 && host.segment == network->workstation_segments[1];
    if (host.is_it) network->it_hosts.push_back(host.id);
  }
}

void AddSites(Network* network) {
  Random random(network->seed, kSiteStream);
  const auto draw = [&] { return PublicV4(random.Next()); };
  const auto draw_many = [&](size_t count) {
    std::vector<Address> addresses(count);
    std::generate(addresses.begin(), addresses.end(), draw);
    return addresses;
  };
  network->sites.resize(kSites);
  for (Site& site : network->sites) {
    site.v4 = draw();
    if (random.Chance(0.4)) site.v6 = PublicV6(random.Next());
  }
  network->cloud_storage = draw_many(12);
  network->update_sites = draw_many(6);
  network->resolvers = draw_many(3);
  network->mail_exchangers = draw_many(60);
  for (Address* address : {&network->telemetry_site, &network->camera_cloud, &network->printer_cloud,
                           &network->thermostat_cloud, &network->uptime_monitor, &network->time_source})
    *address = draw();
}

}  // namespace

Address InternalV4(int segment, uint32_t number) {
  return Address::V4(kPrefix | static_cast<uint32_t>(segment) << 8 | number);
}

Address PublicV4(uint64_t number) {
  // First octets that are public throughout, so no reserved block needs a test.
  static constexpr std::array<uint8_t, 24> kFirst = {13, 18, 20, 23,  31,  34,  35,  44,  45,  52,  54,  62,
                                                     77, 85, 91, 104, 108, 142, 151, 157, 185, 199, 204, 212};
  const uint64_t bits = base::Mix(number);
  return Address::V4(static_cast<uint32_t>(kFirst[bits % kFirst.size()]) << 24 |
                     static_cast<uint32_t>(bits >> 40));
}

Address PublicV6(uint64_t number) {
  const uint64_t bits = base::Mix(number);
  return {0x2a00'0000'0000'0000ull | (bits >> 12 & 0x000f'ffff'ffff'0000ull), 1 + (bits & 0xfff)};
}

const Host& Network::Server(Role role) const { return Server(role, 0); }

const Host& Network::Server(Role role, uint64_t pick) const {
  const auto is_role = [&](uint32_t id) { return hosts[id].role == role; };
  const auto count = static_cast<uint64_t>(std::count_if(servers.begin(), servers.end(), is_role));
  const auto at = std::find_if(servers.begin(), servers.end(), is_role);
  return hosts[*at + pick % count];  // servers of one role stand next to each other
}

const Host& Network::PrinterOf(int segment) const {
  return hosts[printers[static_cast<size_t>(segment - kFirstWorkstationSegment) % printers.size()]];
}

Network MakeNetwork(uint64_t seed, int hosts) {
  Network network;
  network.seed = seed;
  const auto total = static_cast<size_t>(hosts);
  const size_t printers = std::max<size_t>(2, total / 25), cameras = std::max<size_t>(2, total / 14),
               phones = total / 8;
  Builder builder(&network);
  network.hosts.reserve(total);
  for (size_t i = 0; i < kServers.size(); ++i) {
    const int segment = kServers[i] == Role::kWebServer ? kDmzSegment : kServerSegment;
    network.servers.push_back(
        builder.Add(kServers[i], segment, kFirstNumber + static_cast<uint32_t>(i), 0.5).id);
  }
  builder.AddMany(Role::kPrinter, printers, kPrinterSegment, kHostsPerSegment, 0, &network.printers);
  for (uint32_t i = 0; i < kThermostats; ++i)
    builder.Add(Role::kThermostat, kDeviceSegment, kFirstThermostat + i, 0);
  builder.AddMany(Role::kCamera, cameras, kDeviceSegment, kHostsPerSegment, 0, &network.cameras);
  builder.AddMany(Role::kPhone, phones, kPhoneSegment, kHostsPerSegment, 0, &network.phones);
  AddWorkstations(builder, total - network.hosts.size(), &network);
  AddSites(&network);
  return network;
}

Presence PresenceOn(const Network& network, const Host& host, base::Micros day_start) {
  Random random(network.seed, kPresenceStream, host.id,
                static_cast<uint64_t>(day_start / base::kMicrosPerDay));
  const int64_t weekday = (day_start / base::kMicrosPerDay + 3) % 7;  // 0 is Monday
  const bool weekend = weekday >= 5;
  Presence presence;
  presence.present = random.Chance(weekend ? host.weekend_chance : 0.95);
  const double arrival = weekend ? 10 + 1.5 * random.Normal() : 8.2 + 0.6 * random.Normal();
  const double hours = weekend ? 2.5 + 0.5 * random.Normal() : 8.9 + 0.8 * random.Normal();
  presence.arrives = day_start + static_cast<int64_t>(std::max(0.0, arrival) * 60) * base::kMicrosPerMinute;
  presence.leaves =
      presence.arrives + static_cast<int64_t>(std::max(0.5, hours) * 60) * base::kMicrosPerMinute;
  presence.intensity = random.LogNormal(1.0, 0.2);
  return presence;
}

double ActivityIn(const Network& network, const Host& host, base::Micros slice_start) {
  const base::Micros day = base::DayStart(slice_start), middle = slice_start + base::kSliceMicros / 2;
  const Presence presence = PresenceOn(network, host, day);
  if (!presence.present || middle < presence.arrives || middle >= presence.leaves) return 0;
  const double hour = static_cast<double>(middle - day) / (60.0 * base::kMicrosPerMinute);
  const double lunch = hour >= 12 && hour < 13 ? 0.5 : 1.0;
  return presence.intensity * lunch;
}

double CompanyLoad(base::Micros slice_start) {
  const base::Micros day = base::DayStart(slice_start);
  const bool weekend = (day / base::kMicrosPerDay + 3) % 7 >= 5;
  const double hour = static_cast<double>(slice_start - day) / (60.0 * base::kMicrosPerMinute);
  // A parabola over the working day, on top of what never sleeps.
  const double from_noon = (hour - 12.5) / 6.0;
  return 0.05 + (weekend ? 0.1 : 0.95) * std::max(0.0, 1.0 - from_noon * from_noon);
}

}  // namespace ndr::simulate
