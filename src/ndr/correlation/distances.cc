// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/distances.h"

#include "ndr/correlation/levels.h"
#include "ndr/correlation/ranks.h"
#include "ndr/stats/scale.h"

namespace ndr::correlation {
namespace {

using catalogue::Transform;

const std::vector<double>& ValuesOf(const Setup& setup, const Rows& rows, int slot) {
  return rows.metric[static_cast<size_t>(setup.catalogue().baselined()[static_cast<size_t>(slot)])];
}

void Transforms(const Setup& setup, const Rows& rows, size_t from, size_t count, Frame* frame) {
  const std::vector<Transform>& transforms = setup.catalogue().transforms();
  const size_t slots = setup.catalogue().baselined().size();
  for (size_t s = 0; s < slots; ++s) {
    const catalogue::ProjectMetric& metric = setup.metric_of(static_cast<int>(s));
    const std::span<const double> x =
        std::span(ValuesOf(setup, rows, static_cast<int>(s))).subspan(frame->first + from, count);
    const Frame& f = *frame;
    const Compared compared{x,
                            f.median.Span(s, from, count),
                            f.scale.Span(s, from, count),
                            f.iqr.Span(s, from, count),
                            f.p95.Span(s, from, count),
                            metric.resolution,
                            setup.project().z_max,
                            metric.word->unit == catalogue::Unit::kLogRatio};
    Apply(Transform::kZMad, compared, frame->z.Span(s, from, count));
    for (size_t t = 0; t < transforms.size(); ++t)
      if (transforms[t] != Transform::kZMad)
        Apply(transforms[t], compared, frame->transforms.Span(s * transforms.size() + t, from, count));
  }
}

// The baselines of peers over the rows [from, to), by ranked slot.
void RankAgainstPeers(const Setup& setup, const Rows& rows, size_t from, size_t to, Frame* frame) {
  const size_t slots = setup.catalogue().baselined().size();
  const size_t count = to - from;
  Matrix<double> z(slots, count, kNull), median(slots, count, kNull), scale(slots, count, kNull);
  Matrix<uint8_t> level(slots, count, static_cast<uint8_t>(catalogue::Level::kNone));
  for (const int slot : setup.ranked) {
    const auto s = static_cast<size_t>(slot);
    const double* x = ValuesOf(setup, rows, slot).data() + frame->first + from;
    const double resolution = setup.metric_of(slot).resolution;
    for (size_t i = 0; i < count; ++i) {
      const Choice choice = ChoosePeers(frame->baseline[from + i], slot);
      if (choice.baseline == nullptr) continue;
      median.At(s, i) = choice.baseline->median;
      scale.At(s, i) = stats::ScaleOf(choice.baseline->mad, choice.baseline->iqr, resolution).value;
      z.At(s, i) = stats::RobustZ(x[i], median.At(s, i), scale.At(s, i));
      level.At(s, i) = static_cast<uint8_t>(choice.level);
    }
  }
  for (size_t i = 0; i < count; ++i) {
    const RowView view{&z, &median, &scale, &level, i};
    frame->peer_rank_score[from + i] = RankScore(view, setup.ranked);
    frame->peer_top[from + i] = LargestOf(
        view, setup.ranked, [&](int slot) { return ValuesOf(setup, rows, slot)[frame->first + from + i]; });
  }
}

}  // namespace

void MeasureDistances(const Setup& setup, const Rows& rows, size_t from, size_t to, Frame* frame) {
  Transforms(setup, rows, from, to - from, frame);
  for (size_t i = from; i < to; ++i) {
    const RowView view{&frame->z, &frame->median, &frame->scale, &frame->level, i};
    frame->rank_score[i] = RankScore(view, setup.ranked);
    frame->top[i] = LargestOf(view, setup.ranked,
                              [&](int slot) { return ValuesOf(setup, rows, slot)[frame->first + i]; });
  }
  RankAgainstPeers(setup, rows, from, to, frame);
}

}  // namespace ndr::correlation
