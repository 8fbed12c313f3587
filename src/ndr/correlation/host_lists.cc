// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/host_lists.h"

#include "ndr/correlation/columns.h"

namespace ndr::correlation {
namespace {

// Lists, by row, the words of the slots for which `word(slot, row)` is not empty.
template <class Word>
std::shared_ptr<arrow::Array> Exceptions(const Setup& setup, const Frame& frame, Word word) {
  const auto slots = static_cast<int>(setup.catalogue().baselined().size());
  std::vector<int32_t> offsets{0};
  offsets.reserve(frame.rows + 1);
  TextColumn texts;
  for (size_t i = 0; i < frame.rows; ++i) {
    for (int slot = 0; slot < slots; ++slot) {
      // z is null exactly where x or the median is.
      if (IsNull(frame.z.At(static_cast<size_t>(slot), i))) continue;
      const std::string_view text = word(static_cast<size_t>(slot), i);
      if (text.empty()) continue;
      texts.Append(setup.metric_of(slot).name);
      texts.Append("=");
      texts.Append(text);
      texts.EndRow();
    }
    offsets.push_back(static_cast<int32_t>(texts.rows()));
  }
  return ListArray(std::move(offsets), texts.Finish());
}

}  // namespace

std::shared_ptr<arrow::Array> LevelExceptions(const Setup& setup, const Frame& frame) {
  return Exceptions(setup, frame, [&](size_t slot, size_t row) -> std::string_view {
    const uint8_t level = frame.level.At(slot, row);
    return level == frame.level.At(static_cast<size_t>(setup.sessions), row) ? ""
                                                                             : catalogue::kLevelNames[level];
  });
}

std::shared_ptr<arrow::Array> ScaleExceptions(const Setup& setup, const Frame& frame) {
  return Exceptions(setup, frame, [&](size_t slot, size_t row) -> std::string_view {
    constexpr std::string_view kNames[] = {"", "iqr", "resolution"};
    return kNames[frame.scale_source.At(slot, row)];
  });
}

std::shared_ptr<arrow::Array> TopFeatureLists(const Setup& setup, const std::vector<TopFeatures>& top) {
  std::vector<int32_t> offsets{0};
  TextColumn metric, level;
  std::vector<double> value, median, scale, z;
  for (const TopFeatures& features : top) {
    for (const TopFeature& f : features) {
      if (f.slot < 0) break;
      metric.Append(setup.metric_of(f.slot).name);
      metric.EndRow();
      level.Append(catalogue::kLevelNames[static_cast<size_t>(f.level)]);
      level.EndRow();
      value.push_back(f.value);
      median.push_back(f.median);
      scale.push_back(f.scale);
      z.push_back(f.z);
    }
    offsets.push_back(static_cast<int32_t>(z.size()));
  }
  const auto type =
      setup.catalogue().Schema(catalogue::Dataset::kFgCHost)->GetFieldByName("top_features")->type();
  const auto& item = static_cast<const arrow::ListType&>(*type).value_type();
  const arrow::ArrayVector members = {metric.Finish(),    NumberArray(value), NumberArray(median),
                                      NumberArray(scale), level.Finish(),     NumberArray(z)};
  return ListArray(std::move(offsets),
                   std::make_shared<arrow::StructArray>(item, static_cast<int64_t>(z.size()), members));
}

}  // namespace ndr::correlation
