// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "ndr/simulate/traffic.h"

namespace ndr::simulate {
namespace {

using base::kMicrosPerMinute;
using base::kMicrosPerSecond;
using base::Micros;

constexpr uint64_t kSiteHabitStream = 11;
constexpr size_t kBlockedSites = 40;  // the least popular ones, which policy denies
// What administrators look after, by how often they do.
constexpr Role kWindows[] = {Role::kDirectory, Role::kFile, Role::kMail, Role::kBackup, Role::kSupport};
constexpr Role kLinux[] = {Role::kProxy,      Role::kDatabase, Role::kApplication,
                           Role::kMonitoring, Role::kGit,      Role::kRecorder,
                           Role::kTelephony,  Role::kScanner,  Role::kWebServer};
enum ClockOf : uint64_t { kTimeClock = 1, kTelemetryClock, kUpdateClock, kPatchClock, kInventoryClock };

// Everything that one workstation does in one slice.
class Workstation {
 public:
  Workstation(const Slice& slice, const Host& host, std::vector<Session>* out)
      : slice_(slice),
        network_(slice.network),
        host_(host),
        random_(SliceRandom(slice, host.id)),
        writer_(&random_, out) {
    activity_ = ActivityIn(network_, host, slice.start);
    if (slice.oddities.busy_day == base::DayStart(slice.start)) activity_ *= 2;
  }

  void Run() {
    const Presence presence = PresenceOn(network_, host_, base::DayStart(slice_.start));
    const bool arrives = presence.present && slice_.Holds(presence.arrives);
    if (!host_.always_on && activity_ == 0 && !arrives) return;
    Background();
    if (arrives) LogOn(presence.arrives);
    if (activity_ == 0) return;
    Browse();
    Office();
    if (host_.is_it) Administer();
    if (host_.is_developer) Develop();
  }

 private:
  template <typename Event>
  void PerHour(double rate, Event event) {
    EachRandomTime(slice_, random_, rate * activity_, event);
  }
  void To(Micros t, Role role, const Profile& profile, double v6_chance = 0.3) {
    const uint64_t pick = random_.Chance(0.85) ? host_.id : random_.Next();
    const Ends ends = Choose(random_, host_, network_.Server(role, pick), v6_chance);
    writer_.Add(slice_.Wrap(t), ends.source, ends.destination, profile);
  }

  // What a computer does by itself while it is on, wherever its user may be.
  void Background() {
    EachTick(slice_, Clock(host_.id, kTimeClock), 1024 * kMicrosPerSecond, kMicrosPerSecond,
             [&](Micros t) { To(t, Role::kDirectory, profiles::kNtp, 0); });
    EachTick(slice_, Clock(host_.id, kTelemetryClock), 30 * kMicrosPerMinute, 2 * kMicrosPerMinute,
             [&](Micros t) { writer_.Add(t, host_.v4, network_.telemetry_site, profiles::kTelemetry); });
    EachTick(slice_, Clock(host_.id, kUpdateClock), 60 * kMicrosPerMinute, 10 * kMicrosPerMinute,
             [&](Micros t) {
               LookUp(slice_, writer_, host_, t);
               writer_.Add(t, host_.v4, network_.update_sites[random_.Below(network_.update_sites.size())],
                           profiles::kUpdate);
             });
    const base::Address support = network_.Server(Role::kSupport).v4;
    EachTick(slice_, Clock(host_.id, kInventoryClock), 4 * 60 * kMicrosPerMinute, 20 * kMicrosPerMinute,
             [&](Micros t) { writer_.Add(t, support, host_.v4, profiles::kWinRm); });
    EachRandomTime(slice_, random_, 3, [&](Micros t) { LookUp(slice_, writer_, host_, t); });
    EachRandomTime(slice_, random_, 1, [&](Micros t) { To(t, Role::kDirectory, profiles::kLdap); });
    if (slice_.oddities.patch_day) Patch(*slice_.oddities.patch_day);
  }

  void Patch(Micros day) {
    Random random(network_.seed, Clock(host_.id, kPatchClock));
    const Micros t = day + 10 * 60 * kMicrosPerMinute + random.Between(0, 5 * 60 * kMicrosPerMinute - 1);
    if (!slice_.Holds(t)) return;
    for (const base::Address site :
         {network_.update_sites[0], network_.update_sites[1], network_.update_sites[2]}) {
      Session& s = writer_.AddWithOutcome(t, host_.v4, site, profiles::kUpdate, Outcome::kFinished);
      SessionWriter::SetBytes(&s, 90'000, random.Between(60'000'000, 320'000'000));
    }
  }

  void LogOn(Micros arrives) {
    for (Micros i = 0; i < 4; ++i) {
      To(arrives + i * 400'000, Role::kDirectory, profiles::kKerberos);
      To(arrives + i * 900'000, Role::kDirectory, profiles::kLdap);
    }
    To(arrives + 3 * kMicrosPerSecond, Role::kFile, profiles::kSmb);
    if (!host_.is_it) return;
    // An administrator's day begins with a look at every server.
    Micros t = arrives;
    for (const uint32_t id : network_.servers) {
      const Host& server = network_.hosts[id];
      const bool is_windows =
          std::find(std::begin(kWindows), std::end(kWindows), server.role) != std::end(kWindows);
      writer_.Add(slice_.Wrap(t += 20 * kMicrosPerSecond), host_.v4, server.v4,
                  is_windows ? profiles::kWinRm : profiles::kSsh);
    }
  }

  Site DrawSite() {
    if (random_.Chance(host_.new_site_chance)) {
      if (random_.Chance(0.2)) return {base::Address(PublicV4(random_.Next())), std::nullopt};
      return network_.sites[random_.Below(network_.sites.size())];
    }
    Random habit(network_.seed, kSiteHabitStream, host_.id, random_.Popular(host_.habitual_sites));
    return network_.sites[habit.Popular(network_.sites.size() - kBlockedSites)];
  }

  // A page is a name, then some connections within seconds to the site and to those it embeds.
  void Visit(Micros t) {
    LookUp(slice_, writer_, host_, t);
    const Site site = DrawSite();
    const auto connections = 1 + static_cast<int>(std::min(12.0, random_.Exponential(1.3)));
    for (int i = 0; i < connections; ++i) {
      t += random_.Between(20'000, 900'000);
      const Site& from = i > 0 && random_.Chance(0.3) ? network_.sites[random_.Popular(60)] : site;
      const Ends ends = Choose(random_, host_, from, 0.7);
      const double kind = random_.Uniform();
      const Profile& profile = kind < 0.12  ? profiles::kPlainWeb
                               : kind < 0.3 ? profiles::kQuic
                                            : profiles::kWeb;
      writer_.Add(slice_.Wrap(t), ends.source, ends.destination, profile);
    }
    if (!random_.Chance(0.006)) return;
    const size_t blocked = network_.sites.size() - 1 - random_.Popular(kBlockedSites);
    writer_.AddWithOutcome(slice_.Wrap(t), host_.v4, network_.sites[blocked].v4, profiles::kWeb,
                           Outcome::kDenied);
  }

  void Browse() {
    PerHour(26 * host_.pace, [&](Micros t) { Visit(t); });
    const auto store = [&] {
      return network_.cloud_storage[(host_.id + random_.Below(2)) % network_.cloud_storage.size()];
    };
    PerHour(0.6, [&](Micros t) { writer_.Add(t, host_.v4, store(), profiles::kUpload); });
    // Now and then a large file goes to somebody else's server.
    PerHour(0.01, [&](Micros t) { Send(t, PublicV4(random_.Next()), random_.Pareto(1e6, 1.3, 1e8)); });
    if (host_.is_uploader) PerHour(4, [&](Micros t) { Send(t, store(), random_.Pareto(15e6, 1.1, 1.2e9)); });
  }
  void Send(Micros t, base::Address peer, double bytes) {
    Session& s = writer_.AddWithOutcome(t, host_.v4, peer, profiles::kUpload, Outcome::kFinished);
    SessionWriter::SetBytes(&s, static_cast<int64_t>(bytes), random_.Between(4'000, 90'000));
  }

  void Office() {
    PerHour(9 * host_.pace, [&](Micros t) { To(t, Role::kMail, profiles::kImaps); });
    PerHour(5 * host_.pace, [&](Micros t) { To(t, Role::kFile, profiles::kSmb); });
    PerHour(5 * host_.pace, [&](Micros t) { To(t, Role::kApplication, profiles::kIntranet); });
    PerHour(1.5, [&](Micros t) { To(t, Role::kDirectory, profiles::kKerberos); });
    PerHour(0.4, [&](Micros t) {
      const auto& added = slice_.oddities.printer;
      const bool on_new = added && t >= added->from && added->workstation_segment == host_.segment;
      writer_.Add(t, host_.v4, on_new ? added->host.v4 : network_.PrinterOf(host_.segment).v4,
                  profiles::kPrintJob);
    });
  }

  // The servers that run Windows are administered by RDP and WinRM, the others by SSH. Users get help by way
  // of the support server: RDP to there, and on over the port by which it takes stock of their computers.
  void Administer() {
    PerHour(3, [&](Micros t) { To(t, kLinux[random_.Popular(std::size(kLinux))], profiles::kSsh, 0); });
    PerHour(1.5, [&](Micros t) { To(t, kWindows[random_.Popular(std::size(kWindows))], profiles::kRdp, 0); });
    PerHour(1.5,
            [&](Micros t) { To(t, kWindows[random_.Popular(std::size(kWindows))], profiles::kWinRm, 0); });
    PerHour(0.35, [&](Micros t) {
      const Host& user = network_.hosts[network_.workstations[random_.Below(network_.workstations.size())]];
      if (user.id == host_.id || ActivityIn(network_, user, slice_.start) == 0) return;
      const Host& support = network_.Server(Role::kSupport);
      writer_.Add(t, host_.v4, support.v4, profiles::kRdp);
      writer_.Add(slice_.Wrap(t + 40 * kMicrosPerSecond), support.v4, user.v4, profiles::kWinRm);
    });
  }

  void Develop() {
    PerHour(4, [&](Micros t) { To(t, Role::kGit, profiles::kGit, 0); });
    PerHour(5, [&](Micros t) { To(t, Role::kDatabase, profiles::kDatabase, 0); });
    PerHour(0.8, [&](Micros t) { To(t, Role::kApplication, profiles::kSsh, 0); });
  }

  const Slice& slice_;
  const Network& network_;
  const Host& host_;
  Random random_;
  SessionWriter writer_;
  double activity_ = 0;
};

}  // namespace

void AddWorkstationTraffic(const Slice& slice, const Host& host, std::vector<Session>* out) {
  Workstation(slice, host, out).Run();
}

}  // namespace ndr::simulate
