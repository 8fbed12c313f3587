// SPDX-License-Identifier: Apache-2.0
#include "ndr/ingest/zones.h"

namespace ndr::ingest {

arrow::Result<SourceZones> SourceZones::Make(const spec::Context& context) {
  const spec::SourceTimezone& configured = context.project.source_timezone;
  SourceZones zones;
  zones.assumes_ = configured.all.empty();
  zones.default_ = context.calendar.zone();
  if (!configured.all.empty()) {
    ARROW_ASSIGN_OR_RAISE(zones.default_, base::TimeZone::Load(configured.all));
  }
  for (const auto& [device, name] : configured.by_device) {
    ARROW_ASSIGN_OR_RAISE(auto zone, base::TimeZone::Load(name));
    zones.by_device_.emplace(device, std::move(zone));
  }
  return zones;
}

const base::TimeZone& SourceZones::ZoneOf(std::string_view device) const {
  if (by_device_.empty()) return default_;
  const auto found = by_device_.find(device);
  return found == by_device_.end() ? default_ : found->second;
}

base::Micros LocalClock::ToInstant(base::Micros civil, std::string_view device) {
  const base::TimeZone* zone = &zones_.ZoneOf(device);
  const base::Micros minute = base::FloorTo(civil, base::kMicrosPerMinute);
  if (zone != zone_ || minute != minute_) {
    // No zone has changed within a minute since logs exist.
    shift_ = zone->FromLocal(minute) - minute;
    zone_ = zone;
    minute_ = minute;
  }
  return civil + shift_;
}

}  // namespace ndr::ingest
