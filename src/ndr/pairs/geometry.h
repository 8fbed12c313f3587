// SPDX-License-Identifier: Apache-2.0
// Which windows and look-backs hold a slice of a given age.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ndr/base/time.h"
#include "ndr/catalogue/words.h"
#include "ndr/spec/project.h"

namespace ndr::pairs {

/// A slice by number: its start over the slice length.
using SliceNumber = int64_t;
inline SliceNumber NumberOf(base::Micros slice_start) {
  return base::FloorTo(slice_start, base::kSliceMicros) / base::kSliceMicros;
}
inline base::Micros StartOf(SliceNumber slice) { return slice * base::kSliceMicros; }

/// The windows of a project in slices, shortest first. The newest slice before an end has age 0.
struct Geometry {
  std::vector<int> slices;
  int64_t lookback = 0;  ///< slices

  explicit Geometry(const spec::Context& context)
      : lookback(int64_t{context.project.lookback.days} * base::kSlicesPerDay) {
    for (const auto& w : context.catalogue->windows()) slices.push_back(w.slices);
  }
  int windows() const { return static_cast<int>(slices.size()); }
  int longest() const { return slices.back(); }
  /// The place of a slice, of any sign, among as many as the longest window has: its number modulo theirs,
  /// floored.
  size_t PlaceOf(SliceNumber slice) const {
    const SliceNumber place = slice % longest();
    return static_cast<size_t>(place < 0 ? place + longest() : place);
  }
  bool Scored(int w) const { return slices[static_cast<size_t>(w)] >= catalogue::kBeaconWindowSlices; }
  /// The first window that holds a slice of this age; all longer ones do too. windows() for none.
  int FirstHolding(int64_t age) const {
    int w = 0;
    while (w < windows() && slices[static_cast<size_t>(w)] <= age) ++w;
    return w;
  }
  /// The first window whose look-back reaches to a slice of this age; those of all longer ones do too.
  int FirstReaching(int64_t age) const { return FirstHolding(age - lookback); }
};

}  // namespace ndr::pairs
