// SPDX-License-Identifier: Apache-2.0
#include "ndr/stats/ranked.h"

#include <algorithm>
#include <array>
#include <utility>

namespace ndr::stats {
namespace {

constexpr size_t kShort = 768;
constexpr int kDigits = 8;
using Histogram = std::array<uint32_t, 256>;

size_t Digit(const Ranked& item, int digit) { return item.key >> (8 * digit) & 0xff; }

}  // namespace

void Sort(std::vector<Ranked>* column, std::vector<Ranked>* scratch) {
  if (column->size() < kShort) {
    std::sort(column->begin(), column->end(), [](const Ranked& a, const Ranked& b) { return a.key < b.key; });
    return;
  }
  std::array<Histogram, kDigits> histograms{};
  for (const Ranked& item : *column)
    for (int d = 0; d < kDigits; ++d) ++histograms[static_cast<size_t>(d)][Digit(item, d)];
  scratch->resize(column->size());
  for (int d = 0; d < kDigits; ++d) {
    Histogram& histogram = histograms[static_cast<size_t>(d)];
    if (histogram[Digit(column->front(), d)] == column->size()) continue;  // all keys share this byte
    uint32_t next = 0;
    for (uint32_t& count : histogram) next += std::exchange(count, next);
    Ranked* out = scratch->data();
    for (const Ranked& item : *column) out[histogram[Digit(item, d)]++] = item;
    column->swap(*scratch);
  }
}

}  // namespace ndr::stats
