// SPDX-License-Identifier: Apache-2.0
// One record as SageMaker's runtime takes it: a list of names and texts (specification 4, Feature store).
#pragma once

#include <arrow/result.h>

#include <functional>
#include <string>
#include <string_view>

#include "ndr/feature_store/record.h"

namespace ndr::feature_store {

inline constexpr size_t kMaxRecordBytes = size_t{350} << 10;
inline constexpr size_t kMaxIdBytes = size_t{2} << 10;
inline constexpr size_t kBytesPerWriteUnit = 1024;

struct RemoteRecord {
  std::string json;  ///< `[{"FeatureName":"entity_id","ValueAsString":"10.1.2.3|src|1h"},...]`
  size_t bytes = 0;  ///< of names and values
  /// One for each kilobyte begun.
  double write_units() const {
    const size_t units = (bytes + kBytesPerWriteUnit - 1) / kBytesPerWriteUnit;
    return static_cast<double>(units);
  }
};

/// Identifier, event time and record_id, then the features that are not absent: nulls and numbers that are
/// not finite are left out.
void ForEachValue(const Group& group, const Records& records, size_t row,
                  const std::function<void(std::string_view name, std::string_view value)>& call);

/// Invalid where the record or its identifier is larger than SageMaker takes.
arrow::Result<RemoteRecord> MakeRemoteRecord(const Group& group, const Records& records, size_t row);

/// A JSON string with its quotes; bytes that are no UTF-8 are replaced.
std::string JsonText(std::string_view text);

}  // namespace ndr::feature_store
