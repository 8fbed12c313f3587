// SPDX-License-Identifier: Apache-2.0
// A spine: the rows to which features are joined, each a host (or an entity id) and a time.
#pragma once

#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include <memory>
#include <string>
#include <vector>

#include "ndr/base/time.h"

namespace ndr::feature_store {

inline constexpr std::string_view kSpineHost = "host_ip";
inline constexpr std::string_view kSpineTime = "time";

/// Some rows of a spine, and what is asked for each of them.
struct SpineRows {
  std::shared_ptr<arrow::RecordBatch> batch;  ///< as they stand in the file
  std::vector<std::string> entities;
  std::vector<base::Micros> times;
};

/// Reads a Parquet or CSV file in passes of at most `pass_rows` rows. It needs a column `time` (an instant
/// with a zone, as a timestamp or as ISO text) and `host_ip` or `entity_id` (text); other columns pass
/// through.
class SpineReader {
 public:
  /// `entity_tail` follows the host's canonical address: `|outbound|w_1h`, or nothing. Usage errors name the
  /// column that is missing or of another type.
  static arrow::Result<std::unique_ptr<SpineReader>> Open(const std::string& path, std::string entity_tail,
                                                          int64_t pass_rows);
  ~SpineReader();

  std::shared_ptr<arrow::Schema> schema() const;
  /// The next rows, or null at the end. Usage error: a row whose host is no address or whose time has no
  /// zone, by number from 1.
  arrow::Result<std::unique_ptr<SpineRows>> Next();

 private:
  SpineReader();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ndr::feature_store
