// SPDX-License-Identifier: Apache-2.0
#include "ndr/base/time.h"

#include <fmt/format.h>

#include <chrono>
#include <limits>

namespace ndr::base {
namespace {

namespace chrono = std::chrono;

// Proleptic Gregorian, as numbers that are written.
struct Date {
  int year;
  unsigned month, day;
};
Date DateOf(Micros t) {
  const chrono::year_month_day date(chrono::sys_days(chrono::days(DayStart(t) / kMicrosPerDay)));
  return {int(date.year()), unsigned(date.month()), unsigned(date.day())};
}

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Exactly `n` digits at `*at`, which moves past them; -1 when there are not.
int64_t Digits(std::string_view text, size_t* at, size_t n) {
  if (*at + n > text.size()) return -1;
  int64_t value = 0;
  for (size_t i = 0; i < n; ++i) {
    const char c = text[*at + i];
    if (!IsDigit(c)) return -1;
    value = value * 10 + (c - '0');
  }
  *at += n;
  return value;
}

bool Take(std::string_view text, size_t* at, char a, char b) {
  if (*at >= text.size() || (text[*at] != a && text[*at] != b)) return false;
  ++*at;
  return true;
}

// Decimals at `*at` in units of 10^-6, rounded to nearest with ties away from zero.
Micros Fraction(std::string_view text, size_t* at) {
  Micros value = 0;
  int digits = 0;
  bool round_up = false;
  for (; *at < text.size() && IsDigit(text[*at]); ++*at, ++digits) {
    if (digits < 6) value = value * 10 + (text[*at] - '0');
    if (digits == 6) round_up = text[*at] >= '5';
  }
  for (; digits < 6; ++digits) value *= 10;
  return value + round_up;
}

// `Z`, `+02`, `+0200`, `+02:00` or nothing; false when something else stands there.
bool Offset(std::string_view text, size_t at, std::optional<int32_t>* offset) {
  if (at == text.size()) return true;
  if (Take(text, &at, 'Z', 'z')) {
    *offset = 0;
    return at == text.size();
  }
  const bool negative = text[at] == '-';
  if (!Take(text, &at, '+', '-')) return false;
  const int64_t hours = Digits(text, &at, 2);
  const bool colon = Take(text, &at, ':', ':');
  const int64_t minutes = at == text.size() && !colon ? 0 : Digits(text, &at, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || at != text.size()) return false;
  const auto seconds = static_cast<int32_t>(hours * 3600 + minutes * 60);
  *offset = negative ? -seconds : seconds;
  return true;
}

// A decimal number (exponents too, as JSON writers produce them) as value * 10^(6 - scale), rounded; nullopt
// where no int64.
std::optional<int64_t> ScaledDecimal(std::string_view text, int scale) {
  size_t at = 0;
  const bool negative = at < text.size() && text[at] == '-';
  if (negative) ++at;
  unsigned __int128 mantissa = 0;
  int exponent = 0;
  bool any = false, point = false;
  for (; at < text.size() && (IsDigit(text[at]) || (text[at] == '.' && !point)); ++at) {
    if (text[at] == '.') {
      point = true;
      continue;
    }
    any = true;
    // Digits past the 30th cannot change a rounded microsecond; they only move the point.
    if (mantissa < static_cast<unsigned __int128>(1e29)) {
      mantissa = mantissa * 10 + static_cast<unsigned>(text[at] - '0');
      exponent -= point;
    } else {
      exponent += !point;
    }
  }
  if (any && at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    const bool minus = at < text.size() && text[at] == '-';
    if (minus || (at < text.size() && text[at] == '+')) ++at;
    int power = 0;
    const size_t begin = at;
    for (; at < text.size() && IsDigit(text[at]) && power < 1000; ++at) power = power * 10 + (text[at] - '0');
    if (at == begin) return std::nullopt;
    exponent += minus ? -power : power;
  }
  if (!any || at != text.size()) return std::nullopt;
  exponent += scale;
  for (; exponent > 0 && mantissa != 0; --exponent) {
    if (mantissa > static_cast<unsigned __int128>(1e28)) return std::nullopt;
    mantissa *= 10;
  }
  unsigned last = 0;
  for (; exponent < 0 && (mantissa != 0 || last != 0); ++exponent) {
    last = static_cast<unsigned>(mantissa % 10);
    mantissa /= 10;
  }
  mantissa += last >= 5;
  if (mantissa > static_cast<unsigned __int128>(std::numeric_limits<int64_t>::max())) return std::nullopt;
  return negative ? -static_cast<int64_t>(mantissa) : static_cast<int64_t>(mantissa);
}

}  // namespace

size_t FormatInstant(Micros t, char* out) {
  const Micros day = DayStart(t);
  const Date c = DateOf(t);
  const Micros of_day = t - day;
  const auto seconds = of_day / kMicrosPerSecond;
  char* p = fmt::format_to(out, "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", c.year, c.month, c.day, seconds / 3600,
                           seconds / 60 % 60, seconds % 60);
  if (of_day % kMicrosPerSecond != 0) p = fmt::format_to(p, ".{:06}", of_day % kMicrosPerSecond);
  *p++ = 'Z';
  return static_cast<size_t>(p - out);
}

std::string FormatInstant(Micros t) {
  char buffer[48];
  return {buffer, FormatInstant(t, buffer)};
}

std::string FormatCompact(Micros t) {
  const Date c = DateOf(t);
  const auto s = (t - DayStart(t)) / kMicrosPerSecond;
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", c.year, c.month, c.day, s / 3600, s / 60 % 60,
                     s % 60);
}

std::string FormatPartition(Micros t) {
  const Date c = DateOf(t);
  const auto s = (t - DayStart(t)) / kMicrosPerSecond;
  return fmt::format("dt={:04}-{:02}-{:02}/hh={:02}/mm={:02}", c.year, c.month, c.day, s / 3600, s / 60 % 60);
}

std::optional<Micros> ParseCompact(std::string_view t) {
  if (t.size() != 16) return std::nullopt;
  const std::string iso = fmt::format("{}-{}-{}T{}:{}:{}", t.substr(0, 4), t.substr(4, 2), t.substr(6, 2),
                                      t.substr(9, 2), t.substr(11, 2), t.substr(13, 3));
  const auto civil = ParseCivil(iso);
  if (!civil || civil->offset_seconds != 0 || FormatCompact(civil->micros) != t) return std::nullopt;
  return civil->micros;
}

std::optional<CivilTime> ParseCivil(std::string_view text) {
  size_t at = 0;
  const int64_t year = Digits(text, &at, 4);
  if (year < 0 || !Take(text, &at, '-', '/')) return std::nullopt;
  const auto month = static_cast<unsigned>(Digits(text, &at, 2));
  if (!Take(text, &at, '-', '/')) return std::nullopt;
  const auto day = static_cast<unsigned>(Digits(text, &at, 2));
  const chrono::year_month_day date(chrono::year(static_cast<int>(year)), chrono::month(month),
                                    chrono::day(day));
  if (!date.ok()) return std::nullopt;
  CivilTime civil;
  civil.micros = chrono::sys_days(date).time_since_epoch().count() * kMicrosPerDay;
  if (!Take(text, &at, 'T', ' ') && !Take(text, &at, 't', 't')) return std::nullopt;
  const int64_t hour = Digits(text, &at, 2);
  if (hour < 0 || hour > 23 || !Take(text, &at, ':', ':')) return std::nullopt;
  const int64_t minute = Digits(text, &at, 2);
  if (minute < 0 || minute > 59) return std::nullopt;
  int64_t second = 0;
  if (Take(text, &at, ':', ':')) {
    second = Digits(text, &at, 2);
    if (second < 0 || second > 60) return std::nullopt;  // a leap second is the next minute's first
  }
  civil.micros += (hour * 3600 + minute * 60 + second) * kMicrosPerSecond;
  if (Take(text, &at, '.', ',')) {
    if (at >= text.size() || !IsDigit(text[at])) return std::nullopt;
    civil.micros += Fraction(text, &at);
  }
  if (!Offset(text, at, &civil.offset_seconds)) return std::nullopt;
  return civil;
}

std::optional<Micros> ParseEpoch(std::string_view text) {
  const size_t begin = !text.empty() && text[0] == '-';
  const auto seconds = ScaledDecimal(text.substr(begin), 0);
  if (!seconds) return std::nullopt;
  // Magnitudes are compared on the number rounded to an integer; no limit lies within half a unit of a real
  // time.
  const int scale = *seconds < 100'000'000'000           ? 6
                    : *seconds < 100'000'000'000'000     ? 3
                    : *seconds < 100'000'000'000'000'000 ? 0
                                                         : -3;
  return ScaledDecimal(text, scale);
}

std::optional<Micros> ParseSeconds(std::string_view text) { return ScaledDecimal(text, 6); }

}  // namespace ndr::base
