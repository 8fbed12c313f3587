// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/decimal.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace ndr::spec {
namespace {

using arrow::Status;

// digits * 10^exponent, without zeros at either end of the digits; zero has none.
struct Decimal {
  bool negative = false;
  std::string digits;
  int exponent = 0;

  friend bool operator==(const Decimal&, const Decimal&) = default;
};

bool ReadDigits(std::string_view* text, std::string* out) {
  size_t n = 0;
  while (n < text->size() && (*text)[n] >= '0' && (*text)[n] <= '9') ++n;
  out->append(text->substr(0, n));
  text->remove_prefix(n);
  return n > 0;
}

bool ReadExponent(std::string_view text, int* exponent) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool right = error == std::errc() && stop == text.data() + text.size() && std::abs(value) < 10'000;
  if (right) *exponent += value;
  return right;
}

std::optional<Decimal> Parse(std::string_view text) {
  Decimal d;
  if (text.starts_with('-') || text.starts_with('+')) {
    d.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  bool any = ReadDigits(&text, &d.digits);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const size_t before = d.digits.size();
    any |= ReadDigits(&text, &d.digits);
    d.exponent = -static_cast<int>(d.digits.size() - before);
  }
  if (!any) return std::nullopt;
  if (!text.empty() && ((text[0] != 'e' && text[0] != 'E') || !ReadExponent(text.substr(1), &d.exponent)))
    return std::nullopt;
  d.digits.erase(0, d.digits.find_first_not_of('0'));
  while (d.digits.ends_with('0')) {
    d.digits.pop_back();
    ++d.exponent;
  }
  return d.digits.empty() ? Decimal() : d;
}

std::optional<Json> AsInteger(const Decimal& d) {
  if (d.digits.empty()) return Json(int64_t{0});
  if (d.exponent < 0 || d.exponent > 20) return std::nullopt;
  const std::string text =
      (d.negative ? "-" : "") + d.digits + std::string(static_cast<size_t>(d.exponent), '0');
  const char* end = text.data() + text.size();
  int64_t narrow = 0;
  if (std::from_chars(text.data(), end, narrow).ec == std::errc()) return Json(narrow);
  uint64_t wide = 0;
  if (!d.negative && std::from_chars(text.data(), end, wide).ec == std::errc()) return Json(wide);
  return std::nullopt;
}

std::string ShortestText(double value) {
  std::array<char, 40> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), written.ptr};
}

}  // namespace

arrow::Result<Json> JsonOfDecimal(std::string_view text) {
  const auto decimal = Parse(text);
  if (!decimal) return Status::Invalid("'", text, "' is no decimal number");
  if (const auto integer = AsInteger(*decimal)) return *integer;
  const std::string exact =
      (decimal->negative ? "-" : "") + decimal->digits + "e" + std::to_string(decimal->exponent);
  double value = 0;
  const auto read = std::from_chars(exact.data(), exact.data() + exact.size(), value);
  if (read.ec == std::errc() && Parse(ShortestText(value)) == decimal) return Json(value);
  return Status::Invalid("the number ", text,
                         " has more digits than can be kept; write it with 15 digits at most");
}

arrow::Result<std::string> DecimalOfJson(const Json& number) {
  if (number.is_number_unsigned()) return std::to_string(number.get<uint64_t>());
  if (number.is_number_integer()) return std::to_string(number.get<int64_t>());
  const double value = number.get<double>();
  const double magnitude = std::fabs(value);
  if (value != 0 && !(magnitude >= 1e-130 && magnitude < 1e126))
    return Status::Invalid("DynamoDB keeps no number like ", ShortestText(value),
                           "; magnitudes are 1E-130 to 9.9E+125");
  return ShortestText(value);
}

}  // namespace ndr::spec
