// SPDX-License-Identifier: Apache-2.0
#include "ndr/simulate/traffic.h"

namespace ndr::simulate {
namespace {

using base::kMicrosPerMinute;
using base::kMicrosPerSecond;
using base::Micros;

constexpr uint64_t kDeviceTimeClock = 201, kCloudClock = 202, kRegisterClock = 203;
constexpr uint64_t kMediaPorts = 200;  // the telephony server's, from the profile's port on

// Everything that one device begins in one slice.
class Device {
 public:
  Device(const Slice& slice, const Host& host, std::vector<Session>* out)
      : slice_(slice),
        network_(slice.network),
        host_(host),
        random_(SliceRandom(slice, host.id)),
        writer_(&random_, out) {}

  void Run() {
    switch (host_.role) {
      case Role::kPrinter:
        return Print();
      case Role::kCamera:
        return Every(5 * kMicrosPerMinute, 20 * kMicrosPerSecond, network_.camera_cloud, profiles::kMqtt);
      case Role::kThermostat:
        return Every(10 * kMicrosPerMinute, 5 * kMicrosPerSecond, network_.thermostat_cloud, profiles::kMqtt);
      case Role::kPhone:
        return Phone();
      default:
        return;
    }
  }

 private:
  void Every(Micros period, Micros jitter, base::Address peer, const Profile& profile) {
    EachTick(slice_, Clock(host_.id, kCloudClock), period, jitter,
             [&](Micros t) { writer_.Add(t, host_.v4, peer, profile); });
  }
  void KeepTime(Micros period) {
    EachTick(slice_, Clock(host_.id, kDeviceTimeClock), period, kMicrosPerSecond, [&](Micros t) {
      writer_.Add(t, host_.v4, network_.Server(Role::kDirectory).v4, profiles::kNtp);
    });
  }

  void Print() {
    const auto& added = slice_.oddities.printer;
    const bool is_new = added && added->host.id == host_.id;
    if (is_new && slice_.start < added->from) return;
    KeepTime(1024 * kMicrosPerSecond);
    Every(4 * 60 * kMicrosPerMinute, 20 * kMicrosPerMinute, network_.printer_cloud, profiles::kTelemetry);
    // Scans go to a folder of the file server.
    EachRandomTime(slice_, random_, 3 * CompanyLoad(slice_.start), [&](Micros t) {
      LookUp(slice_, writer_, host_, t);
      writer_.Add(t, host_.v4, network_.Server(Role::kFile, host_.id).v4, profiles::kSmb);
    });
    if (!is_new || !slice_.Holds(added->from)) return;
    Session& firmware = writer_.AddWithOutcome(added->from, host_.v4, network_.printer_cloud,
                                               profiles::kUpdate, Outcome::kFinished);
    SessionWriter::SetBytes(&firmware, 60'000, 84'000'000);
  }

  void Phone() {
    const base::Address exchange = network_.Server(Role::kTelephony).v4;
    EachTick(slice_, Clock(host_.id, kRegisterClock), 10 * kMicrosPerMinute, 10 * kMicrosPerSecond,
             [&](Micros t) { writer_.Add(t, host_.v4, exchange, profiles::kSip); });
    EachRandomTime(slice_, random_, 1.6 * CompanyLoad(slice_.start), [&](Micros t) {
      writer_.Add(t, host_.v4, exchange, profiles::kSip);
      writer_.Add(t, host_.v4, exchange, profiles::kRtp).destination_port +=
          static_cast<uint16_t>(random_.Below(kMediaPorts));
    });
    KeepTime(60 * kMicrosPerMinute);
  }

  const Slice& slice_;
  const Network& network_;
  const Host& host_;
  Random random_;
  SessionWriter writer_;
};

}  // namespace

void AddDeviceTraffic(const Slice& slice, const Host& host, std::vector<Session>* out) {
  Device(slice, host, out).Run();
}

}  // namespace ndr::simulate
