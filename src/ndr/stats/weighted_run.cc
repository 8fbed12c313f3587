// SPDX-License-Identifier: Apache-2.0
#include "ndr/stats/weighted_run.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "ndr/stats/ranked.h"

namespace ndr::stats {

double Quantile(const WeightedRun& run, int percent) {
  const int64_t need = run.total() * percent;
  const auto it = std::partition_point(run.cumulative.begin(), run.cumulative.end(),
                                       [&](int64_t c) { return c * 100 < need; });
  return run.values[static_cast<size_t>(it - run.cumulative.begin())];
}

double Mad(const WeightedRun& run, double median) {
  const size_t n = run.values.size();
  size_t right = static_cast<size_t>(std::lower_bound(run.values.begin(), run.values.end(), median) -
                                     run.values.begin());
  size_t left = right;  // values[left, right) are counted
  const auto before = [&](size_t i) { return i == 0 ? 0 : run.cumulative[i - 1]; };
  constexpr double kNone = std::numeric_limits<double>::infinity();
  double distance = 0;
  while (2 * (before(right) - before(left)) < run.total()) {
    const double to_left = left == 0 ? kNone : median - run.values[left - 1];
    const double to_right = right == n ? kNone : run.values[right] - median;
    if (to_left < to_right) {
      distance = to_left;
      --left;
    } else {
      distance = to_right;
      ++right;
    }
  }
  return distance;
}

Summary Summarize(const WeightedRun& run) {
  Summary s{
      Quantile(run, 50), Quantile(run, 25), Quantile(run, 75), Quantile(run, 95), Quantile(run, 99), 0, 0};
  s.mad = Mad(run, s.median);
  s.iqr = s.p75 - s.p25;
  return s;
}

namespace {

// What a run holds in ascending order of something: of its values, or of their distance from a median to one
// side.
class Side {
 public:
  static Side OfValues(const WeightedRun& run) { return Side(run, Kind::kValues, 0, 0, run.values.size()); }
  static Side RightOf(const WeightedRun& run, double median, size_t split) {
    return Side(run, Kind::kRight, median, split, run.values.size() - split);
  }
  static Side LeftOf(const WeightedRun& run, double median, size_t split) {
    return Side(run, Kind::kLeft, median, split, split);
  }

  // The undecided entries are [low, high): whether the answer lies before or behind them is known of all
  // others.
  bool decided() const { return low_ == high_; }
  uint64_t LowKey() const { return Key(low_); }
  uint64_t HighKey() const { return Key(high_ - 1); }
  // Weight of the entries up to `key`.
  int64_t Probe(uint64_t key) {
    size_t from = low_, to = high_;
    while (from < to) {
      const size_t middle = from + (to - from) / 2;
      if (Key(middle) <= key)
        from = middle + 1;
      else
        to = middle;
    }
    probed_ = from;
    return WeightOfFirst(from);
  }
  void AnswerIsWithinProbe(bool within) { (within ? high_ : low_) = probed_; }

 private:
  enum class Kind { kValues, kRight, kLeft };
  Side(const WeightedRun& run, Kind kind, double median, size_t split, size_t size)
      : run_(&run), kind_(kind), median_(median), split_(split), high_(size) {}

  uint64_t Key(size_t i) const {
    switch (kind_) {
      case Kind::kRight:
        return OrderKey(run_->values[split_ + i] - median_);
      case Kind::kLeft:
        return OrderKey(median_ - run_->values[split_ - 1 - i]);
      default:
        return OrderKey(run_->values[i]);
    }
  }
  int64_t Before(size_t i) const { return i == 0 ? 0 : run_->cumulative[i - 1]; }
  int64_t WeightOfFirst(size_t n) const {
    return kind_ == Kind::kLeft ? Before(split_) - Before(split_ - n) : Before(split_ + n) - Before(split_);
  }

  const WeightedRun* run_;
  Kind kind_;
  double median_;
  size_t split_, low_ = 0, high_, probed_ = 0;
};

// The smallest entry at which the weight of all up to it reaches percent/100 of `total`: bisection on the
// keys between the least and the greatest undecided entry. Both bounds are entries, so the answer is one too.
double SmallestReaching(std::vector<Side> sides, int64_t total, int percent) {
  const int64_t need = total * percent;
  for (;;) {
    uint64_t low = ~uint64_t{0}, high = 0;
    for (const Side& side : sides) {
      if (side.decided()) continue;
      low = std::min(low, side.LowKey());
      high = std::max(high, side.HighKey());
    }
    if (low == high) return FromOrderKey(low);
    const uint64_t middle = low + (high - low) / 2;
    int64_t weight = 0;
    for (Side& side : sides) weight += side.Probe(middle);
    for (Side& side : sides) side.AnswerIsWithinProbe(weight * 100 >= need);
  }
}

}  // namespace

Summary Summarize(std::span<const WeightedRun> runs) {
  std::vector<Side> values;
  int64_t total = 0;
  for (const WeightedRun& run : runs) {
    values.push_back(Side::OfValues(run));
    total += run.total();
  }
  const auto quantile = [&](int percent) { return SmallestReaching(values, total, percent); };
  Summary s{quantile(50), quantile(25), quantile(75), quantile(95), quantile(99), 0, 0};
  std::vector<Side> distances;
  for (const WeightedRun& run : runs) {
    const auto split = static_cast<size_t>(std::lower_bound(run.values.begin(), run.values.end(), s.median) -
                                           run.values.begin());
    distances.push_back(Side::LeftOf(run, s.median, split));
    distances.push_back(Side::RightOf(run, s.median, split));
  }
  s.mad = SmallestReaching(std::move(distances), total, 50);
  s.iqr = s.p75 - s.p25;
  return s;
}

}  // namespace ndr::stats
