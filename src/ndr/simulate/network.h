// SPDX-License-Identifier: Apache-2.0
// The company that is simulated: its hosts by segment, their habits, and the sites of the internet that they
// visit.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ndr/base/address.h"
#include "ndr/base/time.h"

namespace ndr::simulate {

enum class Role : uint8_t {
  kWorkstation,
  kPrinter,
  kCamera,
  kThermostat,  ///< only three hosts talk to its vendor
  kPhone,
  // Servers, one each but for the directory and file servers.
  kDirectory,  ///< DNS, LDAP, Kerberos and time
  kFile,
  kMail,
  kProxy,
  kDatabase,
  kApplication,
  kBackup,
  kMonitoring,
  kScanner,   ///< the vulnerability scanner
  kRecorder,  ///< pulls the cameras' streams
  kTelephony,
  kGit,
  kSupport,    ///< takes stock of users' computers, and administrators enter them from there alone
  kWebServer,  ///< in the DMZ, open to the internet
};

/// Nothing above Role::kPhone is a server.
constexpr bool IsServer(Role role) { return role > Role::kPhone; }

struct Host {
  base::Address v4;
  std::optional<base::Address> v6;  ///< a unique local address
  Role role = Role::kWorkstation;
  int segment = 0;  ///< the third octet of `v4`
  uint32_t id = 0;  ///< the index in Network::hosts, and the key of its random streams
  // Habits of a workstation's user.
  double pace = 1;            ///< how much more than the median user does
  double weekend_chance = 0;  ///< of working on a day of a weekend
  double new_site_chance = 0;
  uint32_t habitual_sites = 0;
  bool always_on = false;
  bool is_it = false;  ///< administers servers and helps users
  bool is_developer = false;
  bool is_uploader = false;  ///< sends large files to its cloud storage
};

struct Site {
  base::Address v4;
  std::optional<base::Address> v6;
};

/// Immutable once made, and a pure function of (seed, hosts).
struct Network {
  uint64_t seed = 0;
  std::vector<Host> hosts;
  std::vector<Site> sites;                                                           ///< by popularity
  std::vector<uint32_t> workstations, printers, cameras, phones, servers, it_hosts;  ///< indices into hosts
  std::vector<int> workstation_segments;
  std::vector<base::Address> cloud_storage, update_sites, resolvers, mail_exchangers;
  base::Address telemetry_site, camera_cloud, printer_cloud, thermostat_cloud, uptime_monitor, time_source;

  /// The first server of that role.
  const Host& Server(Role role) const;
  /// One of the servers of that role, by any number.
  const Host& Server(Role role, uint64_t pick) const;
  /// The printer that the workstations of a segment use.
  const Host& PrinterOf(int segment) const;
};

inline constexpr int kMinHosts = 40, kMaxHosts = 5000;
/// A company of `hosts` hosts, kMinHosts to kMaxHosts (the caller checks): a pure function of both numbers.
Network MakeNetwork(uint64_t seed, int hosts);

/// An address of the company: 10.20.<segment>.<number>.
base::Address InternalV4(int segment, uint32_t number);
/// A unicast address on the internet, by any number; the same number gives the same address.
base::Address PublicV4(uint64_t number);
base::Address PublicV6(uint64_t number);

/// When a user is at work on one day.
struct Presence {
  bool present = false;
  base::Micros arrives = 0, leaves = 0;
  double intensity = 1;
};
Presence PresenceOn(const Network& network, const Host& host, base::Micros day_start);
/// 0 to about 1.2: how busy this user is in the slice (0 when away, less at lunch).
double ActivityIn(const Network& network, const Host& host, base::Micros slice_start);
/// 0.05 to 1: how busy the company as a whole is, for what its servers do in turn.
double CompanyLoad(base::Micros slice_start);

}  // namespace ndr::simulate
