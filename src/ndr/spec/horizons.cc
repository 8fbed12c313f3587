// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/horizons.h"

#include <charconv>
#include <cmath>

namespace ndr::spec {

using arrow::Status;

namespace {

std::optional<base::Micros> Unit(char unit) {
  if (unit == 'd') return base::kMicrosPerDay;
  if (unit == 'h') return base::kMicrosPerDay / 24;
  if (unit == 'm') return base::kMicrosPerMinute;
  return std::nullopt;
}

// `36h`
arrow::Result<base::Micros> ParseLength(std::string_view text, std::string_view whole) {
  int64_t n = 0;
  const char* end = text.data() + text.size();
  const auto unit = text.empty() ? std::nullopt : Unit(text.back());
  const auto [stop, error] = std::from_chars(text.data(), end, n);
  if (!unit || error != std::errc() || stop != end - 1 || n < 0 || n > 1'000'000)
    return Status::Invalid("horizons '", whole, "': '", text,
                           "' is no length; write them like 7d:2d,30d:7d (length:gap; units d, h, m)");
  return RoundToSlices(static_cast<double>(n) * static_cast<double>(*unit));
}

}  // namespace

base::Micros RoundToSlices(double micros) {
  return static_cast<base::Micros>(std::llround(micros / static_cast<double>(base::kSliceMicros))) *
         base::kSliceMicros;
}

void CheckHorizons(const std::vector<Horizon>& horizons, Problems* problems) {
  for (size_t i = 0; i < horizons.size(); ++i) {
    const Horizon& horizon = horizons[i];
    if (horizon.length < base::kSliceMicros)
      problems->Add("horizon '" + horizon.label + "' is shorter than a slice of 15 minutes");
    for (size_t j = 0; j < i; ++j)
      if (horizons[j].label == horizon.label) problems->Add("horizon '" + horizon.label + "' stands twice");
  }
}

arrow::Result<std::vector<Horizon>> ParseHorizons(std::string_view text) {
  std::vector<Horizon> horizons;
  for (std::string_view rest = text;;) {
    const size_t comma = rest.find(',');
    const std::string_view one = rest.substr(0, comma);
    const size_t colon = one.find(':');
    Horizon horizon{std::string(one.substr(0, colon)), 0, 0};
    ARROW_ASSIGN_OR_RAISE(horizon.length, ParseLength(one.substr(0, colon), text));
    if (colon != std::string_view::npos) {
      ARROW_ASSIGN_OR_RAISE(horizon.gap, ParseLength(one.substr(colon + 1), text));
    }
    horizons.push_back(std::move(horizon));
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  Problems problems;
  CheckHorizons(horizons, &problems);
  ARROW_RETURN_NOT_OK(problems.ToStatus());
  return horizons;
}

}  // namespace ndr::spec
