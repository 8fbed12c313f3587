// SPDX-License-Identifier: Apache-2.0
#include "ndr/simulate/oddities.h"

#include "ndr/simulate/random.h"

namespace ndr::simulate {
namespace {

constexpr uint64_t kOddityStream = 20;

// 0 is Monday: 1970-01-01 was a Thursday.
int64_t Weekday(base::Micros day_start) { return (day_start / base::kMicrosPerDay + 3) % 7; }

std::vector<base::Address> AddressesOf(const Network& network, const std::vector<uint32_t>& ids) {
  std::vector<base::Address> addresses;
  for (const uint32_t id : ids) addresses.push_back(network.hosts[id].v4);
  return addresses;
}

Host PrinterBeyond(const Network& network) {
  Host host;
  host.role = Role::kPrinter;
  host.id = static_cast<uint32_t>(network.hosts.size());
  const Host& last = network.hosts[network.printers.back()];
  host.segment = last.segment;
  host.v4 = base::Address::V4(static_cast<uint32_t>(last.v4.lo) + 1);
  return host;
}

}  // namespace

Oddities PlaceOddities(const Network& network, base::Micros scored_from, base::Micros end) {
  Oddities oddities;
  oddities.enabled = true;
  std::vector<base::Micros> workdays;
  for (base::Micros day = base::DayStart(scored_from + base::kMicrosPerDay - 1);
       day + base::kMicrosPerDay <= end; day += base::kMicrosPerDay) {
    if (Weekday(day) == 0 && !oddities.busy_day) oddities.busy_day = day;
    if (Weekday(day) >= 5) continue;
    workdays.push_back(day);
    if (oddities.busy_day != day && !oddities.patch_day) oddities.patch_day = day;
  }
  if (workdays.empty()) return oddities;
  Random random(network.seed, kOddityStream);
  NewPrinter printer;
  printer.host = PrinterBeyond(network);
  printer.from = workdays[random.Below(workdays.size())] + random.Between(9 * 4, 15 * 4) * base::kSliceMicros;
  printer.workstation_segment =
      network.workstation_segments[random.Below(network.workstation_segments.size())];
  oddities.printer = printer;
  return oddities;
}

std::vector<Behaviour> Describe(const Oddities& oddities, const Network& network, base::Micros start,
                                base::Micros end) {
  std::vector<Behaviour> list;
  if (!oddities.enabled) return list;
  const auto add = [&](const char* name, const char* what, std::vector<base::Address> hosts,
                       base::Micros from, base::Micros to) {
    Behaviour& behaviour = list.emplace_back();
    behaviour.name = name;
    behaviour.what = what;
    behaviour.hosts = std::move(hosts);
    behaviour.from = from;
    behaviour.to = to;
  };
  add("backup_server", "pulls gigabytes from every other server each night",
      {network.Server(Role::kBackup).v4}, start, end);
  add("vulnerability_scanner", "tries 24 ports of every server, printer and camera each evening",
      {network.Server(Role::kScanner).v4}, start, end);
  if (oddities.busy_day)
    add("busy_monday", "every user does twice as much as usual", AddressesOf(network, network.workstations),
        *oddities.busy_day, *oddities.busy_day + base::kMicrosPerDay);
  if (oddities.patch_day)
    add("patch_day", "every workstation that is on downloads hundreds of megabytes of updates",
        AddressesOf(network, network.workstations), *oddities.patch_day,
        *oddities.patch_day + base::kMicrosPerDay);
  if (oddities.printer)
    add("new_printer", "a printer that was never seen before begins its work", {oddities.printer->host.v4},
        oddities.printer->from, end);
  return list;
}

}  // namespace ndr::simulate
