// SPDX-License-Identifier: Apache-2.0
// Instants, slices and their texts (specification 1, Terms and Times; small print of document 3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ndr::base {

/// Microseconds since 1970-01-01T00:00:00Z.
using Micros = int64_t;

inline constexpr Micros kMicrosPerSecond = 1'000'000;
inline constexpr Micros kMicrosPerMinute = 60 * kMicrosPerSecond;
inline constexpr Micros kMicrosPerDay = 24 * 60 * kMicrosPerMinute;
/// A slice is a quarter of an hour, aligned to UTC.
inline constexpr Micros kSliceMicros = 15 * kMicrosPerMinute;
inline constexpr int kSlicesPerDay = 96;
inline constexpr int kMinutesPerSlice = 15;

/// The start of the slice (day) that holds `t`; rounds down before 1970 too.
constexpr Micros FloorTo(Micros t, Micros unit) { return t - ((t % unit) + unit) % unit; }
constexpr Micros SliceStart(Micros t) { return FloorTo(t, kSliceMicros); }
constexpr Micros DayStart(Micros t) { return FloorTo(t, kMicrosPerDay); }

/// `2024-04-20T12:00:00Z`, with six decimals only where the fraction is not zero.
std::string FormatInstant(Micros t);
/// Writes the same text to `out` (room for 32) and returns its length.
size_t FormatInstant(Micros t, char* out);
/// `20240420T120000Z`: the id of a replay's mini-batch, and reference_ts.
std::string FormatCompact(Micros t);
std::optional<Micros> ParseCompact(std::string_view text);
/// The path parts of a slice: `dt=2024-04-20/hh=12/mm=00`.
std::string FormatPartition(Micros slice_start);

/// A civil time read from text: `micros` since the epoch as if it were UTC, and its offset where the text has
/// one.
struct CivilTime {
  Micros micros = 0;
  std::optional<int32_t> offset_seconds;
};

/// Reads ISO 8601 and its relatives: `2024-04-20T12:00:00.123456+02:00`, `2024-04-20 12:00:00`, `2011/08/16
/// 10:01:46.972101`; decimals round to the nearest microsecond, ties away from zero. No allocation.
std::optional<CivilTime> ParseCivil(std::string_view text);

/// Reads a decimal epoch number of seconds, milliseconds, microseconds or nanoseconds; the unit follows from
/// the magnitude (below 1e11 s, 1e14 ms, 1e17 us, else ns). Rounds like ParseCivil, without going through
/// floating point.
std::optional<Micros> ParseEpoch(std::string_view text);

/// Reads a decimal number of seconds (a duration, signed) as microseconds, rounded likewise; out of range:
/// nullopt.
std::optional<Micros> ParseSeconds(std::string_view text);

}  // namespace ndr::base
