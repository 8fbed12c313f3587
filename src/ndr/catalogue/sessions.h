// SPDX-License-Identifier: Apache-2.0
// The canonical session record as columns: what ingest makes and delta reads (specification 1, canonical
// session record).
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/base/address.h"
#include "ndr/base/time.h"
#include "ndr/catalogue/batch.h"

namespace ndr::catalogue {

/// `transport`, uint8. kOther: known and none of the three; kAbsent: the record names none.
enum class Transport : uint8_t { kTcp, kUdp, kIcmp, kOther, kAbsent };
/// `event_name`, uint8. Records of other names never become rows.
enum class EventName : uint8_t { kTraffic, kThreat };

/// Bits of `notes`, uint8: what a data-quality rule changed in the record.
inline constexpr uint8_t kNoteDuration =
    1;  ///< rule 3: the end was absent or before the start, the duration is 0
inline constexpr uint8_t kNoteNegative = 2;  ///< rule 4: bytes or packets were set to null

/// Columns of repeated text, dictionary<int32, utf8>, nullable. All but device_id are normalised: lower case,
/// spaces and underscores as hyphens.
enum SessionWord { kSubtype, kAction, kReason, kCategory, kDevice, kSessionWords };
inline constexpr std::array<std::string_view, kSessionWords> kSessionWordNames = {
    "event_subtype", "event_action", "event_reason", "category", "device_id"};
/// Columns of int64, nullable, not negative.
enum SessionAmount { kSourceBytes, kDestinationBytes, kSourcePackets, kDestinationPackets, kSessionAmounts };
inline constexpr std::array<std::string_view, kSessionAmounts> kSessionAmountNames = {
    "source_bytes", "destination_bytes", "source_packets", "destination_packets"};

/// Sessions that one record can stand for at most: counts then stay below 2^63 until four thousand million
/// such records are added, so sums of sessions need no care.
inline constexpr int64_t kLargestRepeat = 2'147'483'647;

/// Of every session batch, in this order: event_start int64 (microseconds), event_end int64 nullable,
/// source_ip and destination_ip fixed_size_binary(16), source_port and destination_port uint16 nullable, the
/// four amounts, transport uint8, event_name uint8, the five words, repeat_count int64 (1 to kLargestRepeat),
/// session_key and sequence utf8 nullable (a 0 is absent), byte_offset int64 (of the record's line in its
/// file, decompressed), notes uint8.
const std::shared_ptr<arrow::Schema>& SessionSchema();

/// The columns of one session batch, without copying; lives as long as the batch.
struct SessionColumns {
  size_t rows = 0;
  std::span<const int64_t> event_start, event_end;
  Validity has_event_end;
  const uint8_t* source_ip = nullptr;  ///< 16 bytes a row
  const uint8_t* destination_ip = nullptr;
  std::span<const uint16_t> source_port, destination_port;
  Validity has_source_port, has_destination_port;
  std::array<std::span<const int64_t>, kSessionAmounts> amounts;
  std::array<Validity, kSessionAmounts> has_amount;
  std::span<const uint8_t> transport, event_name;
  std::array<Words, kSessionWords> words;
  std::span<const int64_t> repeat_count;
  Texts session_key, sequence;
  Validity has_session_key, has_sequence;
  std::span<const int64_t> byte_offset;
  std::span<const uint8_t> notes;

  base::Address Source(size_t row) const {
    return base::Address::FromBytes(source_ip + row * base::kAddressBytes);
  }
  base::Address Destination(size_t row) const {
    return base::Address::FromBytes(destination_ip + row * base::kAddressBytes);
  }
  /// Microseconds, not below 0; 0 where the end is unknown (rule 3); saturates.
  int64_t Duration(size_t row) const;
};
/// Invalid names the column that is missing or of another type.
arrow::Result<SessionColumns> SessionColumnsOf(const arrow::RecordBatch& batch);

/// The same columns while they grow, row by row. `has_*`: one byte a row, 0 is null (the value is then 0).
struct SessionVectors {
  std::vector<int64_t> event_start, event_end;
  std::vector<uint8_t> has_event_end;
  std::vector<base::Address> source_ip, destination_ip;
  std::vector<uint16_t> source_port, destination_port;
  std::vector<uint8_t> has_source_port, has_destination_port;
  std::array<std::vector<int64_t>, kSessionAmounts> amounts;
  std::array<std::vector<uint8_t>, kSessionAmounts> has_amount;
  std::vector<uint8_t> transport, event_name;
  std::array<std::vector<int32_t>, kSessionWords> words;  ///< number of the word, -1 is null
  std::vector<int64_t> repeat_count;
  std::vector<int32_t> session_key_offsets{0}, sequence_offsets{0};
  std::string session_keys, sequences;
  std::vector<uint8_t> has_session_key, has_sequence;
  std::vector<int64_t> byte_offset;
  std::vector<uint8_t> notes;

  size_t rows() const { return event_start.size(); }
  void Reserve(size_t rows);
  /// Appends a text cell; an empty text is null.
  void AppendSessionKey(std::string_view text) {
    AppendText(text, &session_key_offsets, &session_keys, &has_session_key);
  }
  void AppendSequence(std::string_view text) {
    AppendText(text, &sequence_offsets, &sequences, &has_sequence);
  }
  /// Moves the columns into a batch. `dictionaries` are utf8 arrays, one for each SessionWord.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Finish(
      const std::array<std::shared_ptr<arrow::Array>, kSessionWords>& dictionaries) &&;

 private:
  static void AppendText(std::string_view text, std::vector<int32_t>* offsets, std::string* bytes,
                         std::vector<uint8_t>* valid) {
    bytes->append(text);
    offsets->push_back(static_cast<int32_t>(bytes->size()));
    valid->push_back(!text.empty());
  }
};

/// The rows with these numbers, in this order. The dictionaries are shared, not copied.
arrow::Result<std::shared_ptr<arrow::RecordBatch>> TakeSessions(const arrow::RecordBatch& batch,
                                                                std::span<const int32_t> rows);

/// The sessions of one batch that start in one slice, in the batch's order.
struct SliceSessions {
  base::Micros slice_start = 0;
  std::shared_ptr<arrow::RecordBatch> sessions;
};
/// Cuts a session batch by the slices of its event_start, earliest first. O(rows + s log s) for s slices; a
/// batch of one slice comes back as it is.
arrow::Result<std::vector<SliceSessions>> SplitBySlice(const std::shared_ptr<arrow::RecordBatch>& batch);

}  // namespace ndr::catalogue
