// SPDX-License-Identifier: Apache-2.0
#include "ndr/ingest/scalars.h"

#include <charconv>
#include <utility>

namespace ndr::ingest {
namespace {

using catalogue::Transport;

constexpr base::Micros kFirstInstant = -62'135'596'800'000'000;  // 0001-01-01
constexpr base::Micros kLastInstant = 253'402'300'799'999'999;   // the last microsecond of 9999

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Seconds with at most six decimals, ten digits before the point: nearly every epoch number of a log.
std::optional<base::Micros> PlainEpoch(std::string_view text) {
  if (text.size() < 10 || text.size() > 17) return std::nullopt;
  int64_t value = 0;
  for (size_t i = 0; i < 10; ++i) {
    if (!IsDigit(text[i])) return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  if (text.size() > 10 && (text[10] != '.' || text.size() == 11)) return std::nullopt;
  for (size_t i = 11; i < 17; ++i) {
    const char c = i < text.size() ? text[i] : '0';
    if (!IsDigit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

struct NamedTransport {
  std::string_view name;
  TransportKind kind;
};
constexpr NamedTransport kTransports[] = {
    {"tcp", {Transport::kTcp, true}},         {"udp", {Transport::kUdp, true}},
    {"icmp", {Transport::kIcmp, false}},      {"6", {Transport::kTcp, true}},
    {"17", {Transport::kUdp, true}},          {"1", {Transport::kIcmp, false}},
    {"icmp6", {Transport::kIcmp, false}},     {"icmpv6", {Transport::kIcmp, false}},
    {"ipv6-icmp", {Transport::kIcmp, false}}, {"58", {Transport::kIcmp, false}},
    {"sctp", {Transport::kOther, true}},      {"132", {Transport::kOther, true}},
    {"dccp", {Transport::kOther, true}},      {"33", {Transport::kOther, true}},
    {"udplite", {Transport::kOther, true}},   {"udp-lite", {Transport::kOther, true}},
    {"136", {Transport::kOther, true}}};

// Adds `digit` behind `zeros` more zeros.
bool PutDigit(int64_t* value, int64_t zeros, int digit) {
  for (; zeros >= 0; --zeros)
    if (__builtin_mul_overflow(*value, 10, value)) return false;
  return !__builtin_add_overflow(*value, digit, value);
}

// Of `[-]digits[.digits][e[sign]digits]`, without a detour over floating point.
std::optional<int64_t> ParseScaled(std::string_view text) {
  const bool negative = text.starts_with('-');
  size_t at = negative ? 1 : 0;
  int64_t value = 0, zeros = 0, scale = 0;  // value * 10^(zeros + scale)
  const auto take_digits = [&](int64_t step) {
    const size_t begin = at;
    for (; at < text.size() && IsDigit(text[at]); ++at, scale -= step) {
      const int digit = text[at] - '0';
      if (digit == 0 && value == 0) continue;
      if (digit == 0)
        ++zeros;
      else if (PutDigit(&value, std::exchange(zeros, 0), negative ? -digit : digit))
        continue;
      else
        return false;
    }
    return at > begin;
  };
  if (!take_digits(0)) return std::nullopt;
  if (at < text.size() && text[at] == '.' && (++at, !take_digits(1))) return std::nullopt;
  if (at < text.size()) {
    if (Lower(text[at]) != 'e') return std::nullopt;
    if (++at + 1 < text.size() && text[at] == '+' && IsDigit(text[at + 1])) ++at;
    int32_t exponent = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + at, end, exponent);
    if (error != std::errc() || stop != end) return std::nullopt;
    scale += exponent;
  }
  scale += zeros;
  if (value == 0) return 0;
  if (scale < 0) return std::nullopt;
  return scale == 0 || PutDigit(&value, scale - 1, 0) ? std::optional(value) : std::nullopt;
}

// The kind of a known name or number, null of another.
const TransportKind* FindTransport(std::string_view text) {
  for (const NamedTransport& known : kTransports)
    if (EqualsFolded(text, known.name)) return &known.kind;
  return nullptr;
}

}  // namespace

std::optional<int64_t> ParseInteger(std::string_view text) {
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && at == end) return value;
  return error == std::errc::invalid_argument ? std::nullopt : ParseScaled(text);
}

std::optional<uint16_t> ParsePort(std::string_view text) {
  if (text.size() > 2 && text[0] == '0' && Lower(text[1]) == 'x') {
    uint16_t value = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data() + 2, end, value, 16);
    return error == std::errc() && at == end ? std::optional(value) : std::nullopt;
  }
  const auto value = ParseInteger(text);
  return value && *value >= 0 && *value <= 65535 ? std::optional(static_cast<uint16_t>(*value))
                                                 : std::nullopt;
}

std::optional<Instant> ParseInstant(std::string_view text) {
  if (const auto plain = PlainEpoch(text)) return Instant{*plain, false};
  Instant instant;
  if (text.size() > 4 && (text[4] == '-' || text[4] == '/')) {
    const auto civil = base::ParseCivil(text);
    if (!civil) return std::nullopt;
    instant = {civil->micros - civil->offset_seconds.value_or(0) * base::kMicrosPerSecond,
               !civil->offset_seconds};
  } else {
    const auto epoch = base::ParseEpoch(text);
    if (!epoch) return std::nullopt;
    instant.micros = *epoch;
  }
  if (instant.micros < kFirstInstant || instant.micros > kLastInstant) return std::nullopt;
  return instant;
}

TransportKind ParseTransport(std::string_view text) {
  if (text.empty()) return {};
  if (const auto* known = FindTransport(text)) return *known;
  // A number in another spelling: `6.0`, `06`.
  if (const auto number = IsDigit(text[0]) ? ParseInteger(text) : std::nullopt) {
    char digits[20];
    const auto written = std::to_chars(digits, digits + sizeof digits, *number);
    if (const auto* known = FindTransport({digits, written.ptr})) return *known;
  }
  return {Transport::kOther, false};
}

bool IsZero(std::string_view text) {
  return !text.empty() && text.find_first_not_of('0') == std::string_view::npos;
}

bool EqualsFolded(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i)
    if (Lower(text[i]) != lower[i]) return false;
  return true;
}

std::string Normalised(std::string_view text) {
  std::string word(text);
  for (char& c : word) c = c == ' ' || c == '_' ? '-' : Lower(c);
  return word;
}

std::string Quoted(std::string_view text) {
  constexpr size_t kShown = 40;
  std::string quoted = "'";
  for (const char c : text.substr(0, kShown)) quoted += c >= ' ' && c <= '~' ? c : '?';
  return quoted + (text.size() > kShown ? "...'" : "'");
}

}  // namespace ndr::ingest
