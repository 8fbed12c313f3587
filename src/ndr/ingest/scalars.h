// SPDX-License-Identifier: Apache-2.0
// Texts of log fields to numbers, instants and enumerations (specification 1). Nothing allocates.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ndr/base/time.h"
#include "ndr/catalogue/sessions.h"

namespace ndr::ingest {

/// A whole number: digits with an optional minus; decimals and an exponent where the value is whole (`443.0`,
/// `1.25E2`).
std::optional<int64_t> ParseInteger(std::string_view text);

/// A port: a whole number or hex (`0x01bb`) of at most 16 bits.
std::optional<uint16_t> ParsePort(std::string_view text);

/// An instant of the years 1 to 9999.
struct Instant {
  base::Micros micros = 0;
  bool zoneless = false;  ///< civil time without a zone, as if it were UTC
};
/// ISO text and its relatives, or an epoch number.
std::optional<Instant> ParseInstant(std::string_view text);

/// Transports by name, without case, and by protocol number, which is read as ParseInteger does.
struct TransportKind {
  catalogue::Transport transport = catalogue::Transport::kAbsent;
  bool has_ports = true;  ///< tcp, udp, sctp, dccp, udp-lite; an absent transport keeps its ports
};
TransportKind ParseTransport(std::string_view text);

/// 0, also with more zeros: a key or sequence like that is absent.
bool IsZero(std::string_view text);

/// Equal without ASCII case; `lower` is lower case.
bool EqualsFolded(std::string_view text, std::string_view lower);

/// Lower case, spaces and underscores as hyphens.
std::string Normalised(std::string_view text);

/// The text between quotes for a message: at most 40 characters, what is not printable ASCII as '?'.
std::string Quoted(std::string_view text);

}  // namespace ndr::ingest
