// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/levels.h"

#include <algorithm>

#include "ndr/stats/scale.h"

namespace ndr::correlation {
namespace {

using catalogue::Level;
using reference::Baseline;

bool Serves(const reference::BaselineRow& row, size_t slot) {
  return row && row.metrics[slot].has_median() && !row.metrics[slot].is_cold;
}

Choice GlobalOf(const BaselineRows& rows, size_t slot) {
  if (rows.global && rows.global.metrics[slot].has_median())
    return {&rows.global.metrics[slot], Level::kGlobal};
  return {};
}

// Writes one metric's choice; a metric without a baseline leaves nulls behind.
void Write(const Setup& setup, int slot, const Choice& choice, size_t row, Frame* frame) {
  const auto s = static_cast<size_t>(slot);
  frame->level.At(s, row) = static_cast<uint8_t>(choice.level);
  if (choice.baseline == nullptr) {
    frame->cold_start_any[row] = 1;
    return;
  }
  const Baseline& b = *choice.baseline;
  if (b.is_cold) frame->cold_start_any[row] = 1;
  const stats::Scale scale = stats::ScaleOf(b.mad, b.iqr, setup.metric_of(slot).resolution);
  frame->scale_source.At(s, row) = static_cast<uint8_t>(scale.source);
  frame->median.At(s, row) = b.median;
  frame->scale.At(s, row) = scale.value;
  frame->iqr.At(s, row) = b.iqr;
  frame->p95.At(s, row) = b.p95;
  int64_t& support = frame->min_support[row];
  support = support < 0 ? b.support : std::min<int64_t>(support, b.support);
}

}  // namespace

ReferenceIds IdsOf(const Rows& rows, const reference::Reference& reference) {
  ReferenceIds ids;
  ids.host.resize(rows.size);
  for (size_t i = 0; i < rows.size; ++i)
    ids.host[i] =
        i > 0 && rows.host[i] == rows.host[i - 1] ? ids.host[i - 1] : reference.AddressId(rows.host[i]);
  for (const std::string& segment : rows.segments) ids.segment.push_back(reference.SegmentId(segment));
  return ids;
}

BaselineRows ResolveRow(const reference::Horizon& horizon, reference::Id host, reference::Id segment,
                        catalogue::Role role, base::TimeBand band, int window) {
  BaselineRows rows;
  for (const base::TimeBand b : {band, base::OtherDay(band)}) {
    const reference::BaselineRow global = horizon.Global(role, b, window);
    // sessions_cnt is always baselined, and first.
    if (!global || global.metrics[0].support < kBandSupport) continue;
    rows.band = static_cast<int8_t>(b);
    rows.global = global;
    rows.host = horizon.Host(host, role, b, window);
    rows.segment = horizon.Segment(segment, role, b, window);
    rows.is_cold = horizon.Metadata(host, role, b, window).is_cold_start;
    break;
  }
  return rows;
}

Choice Choose(const BaselineRows& rows, int slot) {
  const auto s = static_cast<size_t>(slot);
  if (!rows.is_cold && Serves(rows.host, s)) return {&rows.host.metrics[s], Level::kHost};
  if (Serves(rows.segment, s)) return {&rows.segment.metrics[s], Level::kSegment};
  return GlobalOf(rows, s);
}

Choice ChoosePeers(const BaselineRows& rows, int slot) {
  const auto s = static_cast<size_t>(slot);
  if (Serves(rows.segment, s) && rows.segment.hosts_cnt >= kPeerHosts)
    return {&rows.segment.metrics[s], Level::kSegment};
  return GlobalOf(rows, s);
}

void ChooseBaselines(const Setup& setup, size_t horizon, const Rows& rows, const ReferenceIds& ids,
                     size_t from, size_t to, Frame* frame) {
  const auto slots = static_cast<int>(setup.catalogue().baselined().size());
  const reference::Horizon& h = setup.reference->horizons()[horizon];
  for (size_t i = from; i < to; ++i) {
    const size_t r = frame->first + i;
    frame->baseline[i] = ResolveRow(h, ids.host[r], ids.segment[static_cast<size_t>(rows.segment[r])],
                                    static_cast<catalogue::Role>(rows.role[r]),
                                    static_cast<base::TimeBand>(rows.band[r]), rows.window[r]);
    for (int slot = 0; slot < slots; ++slot) Write(setup, slot, Choose(frame->baseline[i], slot), i, frame);
  }
}

}  // namespace ndr::correlation
