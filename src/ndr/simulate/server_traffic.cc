// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "ndr/simulate/traffic.h"

namespace ndr::simulate {
namespace {

using base::kMicrosPerMinute;
using base::kMicrosPerSecond;
using base::Micros;

constexpr Micros kHour = 60 * kMicrosPerMinute;
constexpr uint64_t kServerTimeClock = 101, kPollClock = 102;
// Each night the backup server pulls from every other server, one after the other, in the three hours from
// 01:00.
constexpr Micros kBackupFrom = 1 * kHour, kBackupLength = 3 * kHour;
// Each evening the scanner tries its ports on every server, printer and device, evenly over the four hours
// from 19:00.
constexpr Micros kSweepFrom = 19 * kHour, kSweepLength = 4 * kHour;
constexpr std::array<uint16_t, 24> kSweptPorts = {21,   22,   23,   25,   53,   80,   88,   110,
                                                  139,  143,  389,  443,  445,  554,  993,  1433,
                                                  3306, 3389, 5060, 5432, 5985, 8080, 8443, 9100};

bool Listens(Role role, uint16_t port) {
  switch (port) {
    case 22:
      return IsServer(role) && role != Role::kDirectory && role != Role::kFile && role != Role::kSupport;
    case 53:
    case 88:
    case 389:
      return role == Role::kDirectory;
    case 80:
      return role == Role::kWebServer || role == Role::kPrinter || role == Role::kCamera;
    case 443:
      return role == Role::kWebServer || role == Role::kMail || role == Role::kPrinter;
    case 139:
    case 445:
      return role == Role::kFile || role == Role::kDirectory;
    case 25:
    case 993:
      return role == Role::kMail;
    case 554:
      return role == Role::kCamera;
    case 3389:
    case 5985:
      return role == Role::kFile || role == Role::kDirectory || role == Role::kMail || role == Role::kSupport;
    case 5432:
      return role == Role::kDatabase;
    case 8443:
      return role == Role::kApplication;
    case 9100:
      return role == Role::kPrinter;
    default:
      return false;
  }
}

// Everything that one server begins by itself in one slice.
class Server {
 public:
  Server(const Slice& slice, const Host& host, std::vector<Session>* out)
      : slice_(slice),
        network_(slice.network),
        host_(host),
        random_(SliceRandom(slice, host.id)),
        writer_(&random_, out) {}

  void Run() {
    Housekeeping();
    const double load = CompanyLoad(slice_.start);
    switch (host_.role) {
      case Role::kDirectory:
        return Resolve(load);
      case Role::kMail:
        return SendMail(load);
      case Role::kApplication:
        return PerHour(20 + 140 * load,
                       [&](Micros t) { To(t, network_.Server(Role::kDatabase), profiles::kDatabase); });
      case Role::kProxy:
        return PerHour(25,
                       [&](Micros t) { Out(t, network_.sites[random_.Popular(200)].v4, profiles::kWeb); });
      case Role::kMonitoring:
        return Poll();
      case Role::kRecorder:
        return Record();
      case Role::kBackup:
        return slice_.oddities.enabled ? BackUp() : void();
      case Role::kScanner:
        return slice_.oddities.enabled ? Sweep() : void();
      default:
        return;
    }
  }

 private:
  template <typename Event>
  void PerHour(double rate, Event event) {
    EachRandomTime(slice_, random_, rate, event);
  }
  void To(Micros t, const Host& peer, const Profile& profile) {
    if (peer.id != host_.id) writer_.Add(slice_.Wrap(t), host_.v4, peer.v4, profile);
  }
  void Out(Micros t, base::Address peer, const Profile& profile) { writer_.Add(t, host_.v4, peer, profile); }

  void Housekeeping() {
    EachTick(slice_, Clock(host_.id, kServerTimeClock), 1024 * kMicrosPerSecond, kMicrosPerSecond,
             [&](Micros t) {
               if (host_.role == Role::kDirectory)
                 Out(t, network_.time_source, profiles::kNtp);
               else
                 To(t, network_.Server(Role::kDirectory, host_.id), profiles::kNtp);
             });
    PerHour(8, [&](Micros t) { To(t, network_.Server(Role::kMonitoring), profiles::kSyslog); });
    PerHour(0.3, [&](Micros t) {
      Out(t, network_.update_sites[random_.Below(network_.update_sites.size())], profiles::kUpdate);
    });
    if (host_.role == Role::kDirectory) return;
    PerHour(15, [&](Micros t) { LookUp(slice_, writer_, host_, t); });
    PerHour(4,
            [&](Micros t) { To(t, network_.Server(Role::kDirectory, random_.Below(2)), profiles::kLdap); });
    PerHour(2, [&](Micros t) {
      To(t, network_.Server(Role::kDirectory, random_.Below(2)), profiles::kKerberos);
    });
  }

  // Names that the company's cache lacks are asked outside, more of them when more people are at work.
  void Resolve(double load) {
    const double users = static_cast<double>(network_.workstations.size());
    PerHour(40 + 2.5 * users * load, [&](Micros t) {
      Out(t, network_.resolvers[random_.Popular(network_.resolvers.size())], profiles::kDns);
    });
    PerHour(12, [&](Micros t) {
      To(t, network_.Server(Role::kDirectory, random_.Below(2)), profiles::kReplicate);
    });
  }

  void SendMail(double load) {
    const double users = static_cast<double>(network_.workstations.size());
    PerHour(0.4 * users * load, [&](Micros t) {
      LookUp(slice_, writer_, host_, t);
      Out(t, network_.mail_exchangers[random_.Popular(network_.mail_exchangers.size())], profiles::kSmtp);
    });
  }

  void Poll() {
    EachTick(slice_, Clock(host_.id, kPollClock), 5 * kMicrosPerMinute, 2 * kMicrosPerSecond, [&](Micros t) {
      for (const uint32_t id : network_.servers) To(t += 30'000, network_.hosts[id], profiles::kPing);
      for (const uint32_t id : network_.printers) To(t += 30'000, network_.hosts[id], profiles::kSnmp);
      const auto& added = slice_.oddities.printer;
      if (added && t >= added->from) To(t, added->host, profiles::kSnmp);
    });
  }

  // A stream runs for about a quarter of an hour, then the recorder opens the next.
  void Record() {
    for (const uint32_t id : network_.cameras)
      EachTick(slice_, Clock(id, kPollClock), 15 * kMicrosPerMinute, 3 * kMicrosPerSecond,
               [&](Micros t) { To(t, network_.hosts[id], profiles::kCamera); });
  }

  void BackUp() {
    const Micros step = kBackupLength / static_cast<Micros>(network_.servers.size());
    Micros next = base::DayStart(slice_.start) + kBackupFrom;
    for (const uint32_t id : network_.servers) {
      const Micros t = next;
      next += step;
      if (!slice_.Holds(t)) continue;
      const int64_t pieces = random_.Between(3, 8);
      for (int64_t piece = 0; piece < pieces; ++piece)
        To(t + piece * 20 * kMicrosPerSecond, network_.hosts[id], profiles::kBackup);
    }
  }

  void Sweep() {
    std::vector<uint32_t> targets = network_.servers;
    targets.insert(targets.end(), network_.printers.begin(), network_.printers.end());
    targets.insert(targets.end(), network_.cameras.begin(), network_.cameras.end());
    const Micros from = base::DayStart(slice_.start) + kSweepFrom;
    const auto tries = static_cast<Micros>(targets.size() * kSweptPorts.size());
    for (Micros i = 0; i < tries; ++i) {
      const Micros t = from + i * kSweepLength / tries;
      if (!slice_.Holds(t)) continue;
      const Host& target = network_.hosts[targets[static_cast<size_t>(i) / kSweptPorts.size()]];
      if (target.id == host_.id) continue;
      Profile profile = profiles::kIntranet;
      profile.port = kSweptPorts[static_cast<size_t>(i) % kSweptPorts.size()];
      const Outcome outcome = Listens(target.role, profile.port) ? Outcome::kFinished
                              : random_.Chance(0.1)              ? Outcome::kTimedOut
                                                                 : Outcome::kRefused;
      writer_.AddWithOutcome(t, host_.v4, target.v4, profile, outcome).service = Service::kNone;
    }
  }

  const Slice& slice_;
  const Network& network_;
  const Host& host_;
  Random random_;
  SessionWriter writer_;
};

}  // namespace

void AddServerTraffic(const Slice& slice, const Host& host, std::vector<Session>* out) {
  Server(slice, host, out).Run();
}

}  // namespace ndr::simulate
