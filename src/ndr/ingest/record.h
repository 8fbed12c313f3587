// SPDX-License-Identifier: Apache-2.0
// One log record as its source wrote it, under canonical names: what the sources make and the assembler
// reads.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "ndr/catalogue/canonical_fields.h"

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

/// In the fields' order.
using catalogue::kFieldNames;
static_assert(kFieldNames.size() == kCanonicalFields);

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
