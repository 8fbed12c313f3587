// SPDX-License-Identifier: Apache-2.0
// One log record as its source wrote it, under canonical names: what the sources make and the assembler
// reads.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ndr::ingest {

enum Field : int8_t {
  kEventStart,
  kEventEnd,
  kDuration,
  kSourceIp,
  kDestinationIp,
  kSourcePort,
  kDestinationPort,
  kFieldSourceBytes,
  kFieldDestinationBytes,
  kFieldSourcePackets,
  kFieldDestinationPackets,
  kNetworkTransport,
  kFieldEventName,
  kEventSubtype,
  kEventAction,
  kEventReason,
  kFieldCategory,
  kRepeatCount,
  kDeviceId,
  kSessionKey,
  kSequence,
  kCanonicalFields,
  // Of single sources: they become canonical ones before the record is assembled.
  kStream = kCanonicalFields,
  kConnState,
  kConnSign,
  kDirection,
  kState,
  kTotalBytes,
  kTotalPackets,
  kFields,
  kNoField = -1
};

/// Names of the canonical fields. `duration` is no canonical field but stands for the end where a source has
/// it instead.
inline constexpr std::array<std::string_view, kCanonicalFields> kFieldNames = {"event_start",
                                                                               "event_end",
                                                                               "duration",
                                                                               "source_ip",
                                                                               "destination_ip",
                                                                               "source_port",
                                                                               "destination_port",
                                                                               "source_bytes",
                                                                               "destination_bytes",
                                                                               "source_packets",
                                                                               "destination_packets",
                                                                               "network_transport",
                                                                               "event_name",
                                                                               "event_subtype",
                                                                               "event_action",
                                                                               "event_reason",
                                                                               "category",
                                                                               "repeat_count",
                                                                               "device_id",
                                                                               "session_key",
                                                                               "sequence"};

/// Texts of the fields; empty is null. Views live while the line's bytes and its reader do.
struct Record {
  std::array<std::string_view, kFields> text;
  std::string_view& operator[](Field f) { return text[static_cast<size_t>(f)]; }
  std::string_view operator[](Field f) const { return text[static_cast<size_t>(f)]; }
};

/// A line without its end.
struct Line {
  std::string_view bytes;
  int64_t offset = 0;  ///< in the file
};

}  // namespace ndr::ingest
