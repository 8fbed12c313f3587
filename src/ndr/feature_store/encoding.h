// SPDX-License-Identifier: Apache-2.0
// A record as bytes, for the embedded store. The form, in this order:
//
//   8 bytes        the beginning of the schema's SHA-256
//   text           record_id
//   (n + 3)/4 bytes  two bits a feature, lowest first: 0 absent, 1 zero or empty, 2 short, 3 long
//   n values       short: a varint of zigzag (whole numbers, also of fractional features) or a text;
//                  long: the 8 bytes of a float64, little-endian. Absent and zero take none.
//
// A varint has 7 bits a byte, lowest first, the high bit says that more follow; a text is a varint of its
// length and its bytes. Fractional numbers come back bit by bit.
#pragma once

#include <arrow/result.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/feature_store/record.h"

namespace ndr::feature_store {

/// The features that a record's bytes hold: a group's, as they were when it was written.
struct RecordSchema {
  static constexpr size_t kHashBytes = 8;

  std::vector<Feature> features;  ///< name and type alone
  std::string text;               ///< `Integral sessions_cnt`, one a line
  std::string hash;               ///< kHashBytes bytes

  static RecordSchema Of(const Group& group);
  /// Invalid where a line is none of such.
  static arrow::Result<RecordSchema> Parse(std::string_view text);
};

/// Appends record `row` to `out`.
void Encode(const RecordSchema& schema, const Records& records, size_t row, std::string* out);

/// A record out of its bytes, which must outlive it.
struct DecodedRecord {
  std::string_view record_id;
  std::vector<Value> values;  ///< parallel to the schema's features
};
/// Invalid where the bytes are cut off or of another schema.
arrow::Status Decode(const RecordSchema& schema, std::string_view bytes, DecodedRecord* out);
/// The hash with which a record's bytes begin.
inline std::string_view SchemaHashOf(std::string_view bytes) {
  return bytes.substr(0, RecordSchema::kHashBytes);
}

}  // namespace ndr::feature_store
