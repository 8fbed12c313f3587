// SPDX-License-Identifier: Apache-2.0
// The zone of times that name none: by device, by source, else the calendar's (specification 1, Times).
#pragma once

#include <arrow/result.h>

#include <map>
#include <string>
#include <string_view>

#include "ndr/spec/project.h"

namespace ndr::ingest {

/// Immutable; safe to share between threads.
class SourceZones {
 public:
  static arrow::Result<SourceZones> Make(const spec::Context& context);
  /// A device that the map lacks has the calendar's zone.
  const base::TimeZone& ZoneOf(std::string_view device) const;
  /// Nothing names a zone for the device: it has the calendar's for want of another.
  bool Assumes(std::string_view device) const { return assumes_ && !by_device_.contains(device); }

 private:
  std::map<std::string, base::TimeZone, std::less<>> by_device_;
  base::TimeZone default_ = base::TimeZone::Utc();
  bool assumes_ = false;
};

/// Civil times to instants; remembers the last minute's answer, since a zone's rules are slow to ask.
class LocalClock {
 public:
  explicit LocalClock(const SourceZones& zones) : zones_(zones) {}
  base::Micros ToInstant(base::Micros civil, std::string_view device);

 private:
  const SourceZones& zones_;
  const base::TimeZone* zone_ = nullptr;
  base::Micros minute_ = 0, shift_ = 0;
};

}  // namespace ndr::ingest
