// SPDX-License-Identifier: Apache-2.0
#include "ndr/simulate/attacks.h"

#include <algorithm>
#include <array>
#include <string>

#include "ndr/simulate/profile.h"
#include "ndr/simulate/random.h"

namespace ndr::simulate {
namespace {

using base::Address;
using base::kMicrosPerMinute;
using base::kMicrosPerSecond;
using base::Micros;

constexpr uint64_t kAttackStream = 30, kVictimStream = 31;
constexpr size_t kListed = 100;  // of an answer's peers and ports
constexpr Micros kAttackHour = 60 * kMicrosPerMinute;

enum Attack : uint64_t { kBeacon, kExfiltration, kHorizontalScan, kVerticalScan, kLateralMovement, kAttacks };

// Distinct workstations, one per attack: nobody's administrator, and on day and night where there are enough
// of those.
std::array<const Host*, kAttacks> ChooseHosts(const Network& network) {
  Random random(network.seed, kVictimStream);
  std::vector<std::pair<uint64_t, const Host*>> order;
  for (const uint32_t id : network.workstations) {
    const Host& host = network.hosts[id];
    const uint64_t later = host.is_it || host.is_uploader ? 2 : host.always_on ? 0 : 1;
    order.emplace_back(later << 62 | random.Next() >> 2, &host);
  }
  std::sort(order.begin(), order.end());
  std::array<const Host*, kAttacks> chosen;
  for (size_t i = 0; i < kAttacks; ++i) chosen[i] = order[i % order.size()].second;
  return chosen;
}

// One attack under construction.
class Planter {
 public:
  Planter(const Network& network, Attack attack, const Host& host, Micros scored_from, Micros end)
      : network_(network),
        host_(host),
        random_(network.seed, kAttackStream, attack),
        writer_(&random_, &sessions_),
        scored_from_(scored_from),
        end_(end) {
    behaviour_.hosts = {host.v4};
  }

  void Beacon();
  void Exfiltration();
  void HorizontalScan();
  void VerticalScan();
  void LateralMovement();

  void Finish(Attacks* attacks) {
    std::erase_if(sessions_, [&](const Session& s) { return s.start >= end_; });
    behaviour_.sessions = static_cast<int64_t>(sessions_.size());
    behaviour_.to = std::min(behaviour_.to, end_);
    attacks->behaviours.push_back(std::move(behaviour_));
    attacks->sessions.insert(attacks->sessions.end(), sessions_.begin(), sessions_.end());
  }

 private:
  void Name(const char* name, const char* kind, std::string what) {
    behaviour_.name = name;
    behaviour_.kind = kind;
    behaviour_.what = std::move(what);
  }
  // A time of its own within the scored part, such that `length` fits.
  void Place(Micros length) {
    const Micros room = std::max<Micros>(0, end_ - scored_from_ - length - kAttackHour);
    behaviour_.from = scored_from_ + random_.Between(0, room);
    behaviour_.to = behaviour_.from + length;
  }
  Session& Try(Micros t, Address peer, const Profile& profile, Outcome outcome) {
    return writer_.AddWithOutcome(t, host_.v4, peer, profile, outcome);
  }
  void List(Address peer, int port) {
    auto& peers = behaviour_.peers;
    auto& ports = behaviour_.ports;
    if (peers.size() < kListed && std::find(peers.begin(), peers.end(), peer) == peers.end())
      peers.push_back(peer);
    if (ports.size() < kListed && std::find(ports.begin(), ports.end(), port) == ports.end())
      ports.push_back(port);
  }
  Outcome Failure(double timed_out, double refused) {
    const double u = random_.Uniform();
    return u < timed_out             ? Outcome::kTimedOut
           : u < timed_out + refused ? Outcome::kRefused
                                     : Outcome::kDenied;
  }

  const Network& network_;
  const Host& host_;
  Random random_;
  std::vector<Session> sessions_;
  SessionWriter writer_;
  const Micros scored_from_, end_;
  Behaviour behaviour_;
};

void Planter::Beacon() {
  const Micros wanted = random_.Between(26 * kAttackHour, 60 * kAttackHour);
  Place(std::min(wanted, end_ - scored_from_));
  const double period = random_.Uniform(270e6, 330e6);
  Profile profile = profiles::kTelemetry;
  profile.request_bytes = random_.Uniform(300, 900);
  profile.request_sigma = profile.reply_sigma = 0.15;
  profile.reply_bytes = random_.Uniform(150, 600);
  profile.seconds = 0.4;
  const Address controller = PublicV4(random_.Next());
  List(controller, profile.port);
  double t = static_cast<double>(behaviour_.from);
  for (; t < static_cast<double>(behaviour_.to); t += period * random_.Uniform(0.8, 1.2))
    Try(static_cast<Micros>(t), controller, profile,
        random_.Chance(0.01) ? Outcome::kTimedOut : Outcome::kFinished);
  Name("beacon", "beaconing",
       "calls one outside address every " + std::to_string(static_cast<int>(period / 1e6)) +
           " s, give or take a fifth");
}

void Planter::Exfiltration() {
  const Micros length = random_.Between(60 * kMicrosPerMinute, 150 * kMicrosPerMinute);
  Place(length);
  const Address peer = PublicV4(random_.Next());
  List(peer, profiles::kUpload.port);
  const auto total = static_cast<double>(random_.Between(300'000'000, 800'000'000));
  const int64_t pieces = random_.Between(12, 40);
  for (int64_t i = 0; i < pieces; ++i) {
    const Micros t = behaviour_.from + i * length / pieces + random_.Between(0, length / pieces / 2);
    Session& s = Try(t, peer, profiles::kUpload, Outcome::kFinished);
    SessionWriter::SetBytes(
        &s, static_cast<int64_t>(total / static_cast<double>(pieces) * random_.Uniform(0.7, 1.3)),
        random_.Between(8'000, 60'000));
  }
  Name("exfiltration", "exfiltration",
       "sends about " + std::to_string(static_cast<int>(total / 1e6)) +
           " MB to one outside address that nobody used before");
}

void Planter::HorizontalScan() {
  constexpr std::array<uint16_t, 4> kPorts = {445, 3389, 22, 5985};
  const uint16_t port = kPorts[random_.Below(kPorts.size())];
  const int64_t tries = random_.Between(130, 260);
  Place(random_.Between(12 * kMicrosPerMinute, 45 * kMicrosPerMinute));
  const Micros gap = (behaviour_.to - behaviour_.from) / tries;
  Profile profile = profiles::kSmb;
  profile.port = port;
  const std::vector<int>& segments = network_.workstation_segments;
  const auto first_segment = random_.Below(segments.size());
  for (int64_t i = 0; i < tries; ++i) {
    // Address by address, some 120 of each segment, whether there is a host or not.
    const int segment = segments[(first_segment + static_cast<uint64_t>(i / 120)) % segments.size()];
    const Address peer = i / 120 < static_cast<int64_t>(segments.size())
                             ? InternalV4(segment, static_cast<uint32_t>(2 + i % 120))
                             : InternalV4(segment, static_cast<uint32_t>(122 + i % 120));
    if (peer == host_.v4) continue;
    List(peer, port);
    Try(behaviour_.from + i * gap + random_.Between(0, gap / 2), peer, profile,
        random_.Chance(0.03) ? Outcome::kFinished : Failure(0.55, 0.3))
        .service = Service::kNone;
  }
  Name("horizontal_scan", "scanning",
       "tries port " + std::to_string(port) + " of " + std::to_string(sessions_.size()) +
           " internal addresses, nearly all in vain");
}

void Planter::VerticalScan() {
  const Host& peer = network_.hosts[network_.servers[random_.Below(network_.servers.size())]];
  const int64_t tries = random_.Between(240, 460);
  Place(random_.Between(6 * kMicrosPerMinute, 40 * kMicrosPerMinute));
  const Micros gap = (behaviour_.to - behaviour_.from) / tries;
  const int64_t first_port = random_.Between(1, 400), step = random_.Between(1, 7);
  Profile profile = profiles::kIntranet;
  for (int64_t i = 0; i < tries; ++i) {
    profile.port = static_cast<uint16_t>(first_port + i * step);
    List(peer.v4, profile.port);
    Try(behaviour_.from + i * gap + random_.Between(0, gap / 2), peer.v4, profile,
        random_.Chance(0.01) ? Outcome::kFinished : Failure(0.15, 0.7))
        .service = Service::kNone;
  }
  Name("vertical_scan", "scanning",
       "tries " + std::to_string(tries) + " ports of one server, nearly all in vain");
}

void Planter::LateralMovement() {
  Place(random_.Between(1 * kAttackHour, 4 * kAttackHour));
  const Profile* const kWays[] = {&profiles::kSmb, &profiles::kRdp, &profiles::kWinRm, &profiles::kSsh};
  const int64_t targets = random_.Between(6, 11);
  const auto& stations = network_.workstations;
  const uint64_t offset = random_.Next(), stride = 1 + random_.Below(stations.size() / 16 + 1);
  for (int64_t i = 0; i < targets; ++i) {
    // One in four is a server, at a port that nobody uses; the others are colleagues' computers.
    const uint64_t pick = offset + static_cast<uint64_t>(i) * stride;
    const bool is_server = i % 4 == 3;
    const Host& peer = network_.hosts[is_server ? network_.servers[pick % network_.servers.size()]
                                                : stations[pick % stations.size()]];
    if (peer.id == host_.id) continue;
    Profile way = is_server ? profiles::kWinRm : *kWays[random_.Below(std::size(kWays))];
    if (is_server) way.port = 5986;
    List(peer.v4, way.port);
    const Micros t = behaviour_.from + i * (behaviour_.to - behaviour_.from) / targets;
    const int64_t sessions = random_.Between(1, 4);
    for (int64_t j = 0; j < sessions; ++j)
      Try(t + j * random_.Between(20, 200) * kMicrosPerSecond, peer.v4, way, Outcome::kFinished);
  }
  Name("lateral_movement", "lateral_movement",
       "logs on to " + std::to_string(behaviour_.peers.size()) +
           " computers that it has no business with, one after the other");
}

}  // namespace

Attacks PlaceAttacks(const Network& network, Micros scored_from, Micros end) {
  const auto hosts = ChooseHosts(network);
  Attacks attacks;
  constexpr void (Planter::*kPlant[])() = {&Planter::Beacon, &Planter::Exfiltration, &Planter::HorizontalScan,
                                           &Planter::VerticalScan, &Planter::LateralMovement};
  for (size_t i = 0; i < kAttacks; ++i) {
    Planter planter(network, static_cast<Attack>(i), *hosts[i], scored_from, end);
    (planter.*kPlant[i])();
    planter.Finish(&attacks);
  }
  std::stable_sort(attacks.sessions.begin(), attacks.sessions.end(),
                   [](const Session& a, const Session& b) { return a.start < b.start; });
  return attacks;
}

}  // namespace ndr::simulate
