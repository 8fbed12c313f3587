// SPDX-License-Identifier: Apache-2.0
#include "ndr/catalogue/sessions.h"

#include <arrow/array.h>
#include <arrow/type.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <limits>

namespace ndr::catalogue {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

std::shared_ptr<arrow::Schema> MakeSchema() {
  const auto address = arrow::fixed_size_binary(base::kAddressBytes);
  const auto word = arrow::dictionary(arrow::int32(), arrow::utf8());
  arrow::FieldVector fields = {
      arrow::field("event_start", arrow::int64(), false), arrow::field("event_end", arrow::int64()),
      arrow::field("source_ip", address, false),          arrow::field("destination_ip", address, false),
      arrow::field("source_port", arrow::uint16()),       arrow::field("destination_port", arrow::uint16())};
  for (const std::string_view name : kSessionAmountNames)
    fields.push_back(arrow::field(std::string(name), arrow::int64()));
  fields.push_back(arrow::field("transport", arrow::uint8(), false));
  fields.push_back(arrow::field("event_name", arrow::uint8(), false));
  for (const std::string_view name : kSessionWordNames)
    fields.push_back(arrow::field(std::string(name), word));
  fields.push_back(arrow::field("repeat_count", arrow::int64(), false));
  fields.push_back(arrow::field("session_key", arrow::utf8()));
  fields.push_back(arrow::field("sequence", arrow::utf8()));
  fields.push_back(arrow::field("byte_offset", arrow::int64(), false));
  fields.push_back(arrow::field("notes", arrow::uint8(), false));
  return arrow::schema(std::move(fields));
}

template <class T>
void Gather(std::span<const T> from, std::span<const int32_t> rows, std::vector<T>* to) {
  to->resize(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) (*to)[i] = from[static_cast<size_t>(rows[i])];
}

void Gather(Validity from, std::span<const int32_t> rows, std::vector<uint8_t>* to) {
  to->resize(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) (*to)[i] = from[static_cast<size_t>(rows[i])];
}

void Gather(const uint8_t* from, std::span<const int32_t> rows, std::vector<base::Address>* to) {
  to->resize(rows.size());
  for (size_t i = 0; i < rows.size(); ++i)
    (*to)[i] = base::Address::FromBytes(from + static_cast<size_t>(rows[i]) * base::kAddressBytes);
}

SessionVectors GatherAll(const SessionColumns& from, std::span<const int32_t> rows) {
  SessionVectors to;
  Gather(from.event_start, rows, &to.event_start);
  Gather(from.event_end, rows, &to.event_end);
  Gather(from.has_event_end, rows, &to.has_event_end);
  Gather(from.source_ip, rows, &to.source_ip);
  Gather(from.destination_ip, rows, &to.destination_ip);
  Gather(from.source_port, rows, &to.source_port);
  Gather(from.has_source_port, rows, &to.has_source_port);
  Gather(from.destination_port, rows, &to.destination_port);
  Gather(from.has_destination_port, rows, &to.has_destination_port);
  for (size_t a = 0; a < kSessionAmounts; ++a) {
    Gather(from.amounts[a], rows, &to.amounts[a]);
    Gather(from.has_amount[a], rows, &to.has_amount[a]);
  }
  Gather(from.transport, rows, &to.transport);
  Gather(from.event_name, rows, &to.event_name);
  for (size_t w = 0; w < kSessionWords; ++w)
    for (const int32_t row : rows) to.words[w].push_back(from.words[w][static_cast<size_t>(row)]);
  Gather(from.repeat_count, rows, &to.repeat_count);
  for (const int32_t row : rows) {
    const auto i = static_cast<size_t>(row);
    to.AppendSessionKey(from.has_session_key[i] ? from.session_key[i] : std::string_view());
    to.AppendSequence(from.has_sequence[i] ? from.sequence[i] : std::string_view());
  }
  Gather(from.byte_offset, rows, &to.byte_offset);
  Gather(from.notes, rows, &to.notes);
  return to;
}

}  // namespace

const std::shared_ptr<arrow::Schema>& SessionSchema() {
  static const std::shared_ptr<arrow::Schema> schema = MakeSchema();
  return schema;
}

int64_t SessionColumns::Duration(size_t row) const {
  if (!has_event_end[row] || event_end[row] <= event_start[row]) return 0;
  int64_t duration;
  return __builtin_sub_overflow(event_end[row], event_start[row], &duration) ? kMax : duration;
}

arrow::Result<SessionColumns> SessionColumnsOf(const arrow::RecordBatch& batch) {
  SessionColumns c;
  c.rows = static_cast<size_t>(batch.num_rows());
  ARROW_ASSIGN_OR_RAISE(c.event_start, Values<int64_t>(batch, "event_start"));
  ARROW_ASSIGN_OR_RAISE(c.event_end, Values<int64_t>(batch, "event_end"));
  ARROW_ASSIGN_OR_RAISE(c.has_event_end, Valid(batch, "event_end"));
  ARROW_ASSIGN_OR_RAISE(c.source_ip, AddressBytes(batch, "source_ip"));
  ARROW_ASSIGN_OR_RAISE(c.destination_ip, AddressBytes(batch, "destination_ip"));
  ARROW_ASSIGN_OR_RAISE(c.source_port, Values<uint16_t>(batch, "source_port"));
  ARROW_ASSIGN_OR_RAISE(c.has_source_port, Valid(batch, "source_port"));
  ARROW_ASSIGN_OR_RAISE(c.destination_port, Values<uint16_t>(batch, "destination_port"));
  ARROW_ASSIGN_OR_RAISE(c.has_destination_port, Valid(batch, "destination_port"));
  for (size_t a = 0; a < kSessionAmounts; ++a) {
    ARROW_ASSIGN_OR_RAISE(c.amounts[a], Values<int64_t>(batch, kSessionAmountNames[a]));
    ARROW_ASSIGN_OR_RAISE(c.has_amount[a], Valid(batch, kSessionAmountNames[a]));
  }
  ARROW_ASSIGN_OR_RAISE(c.transport, Values<uint8_t>(batch, "transport"));
  ARROW_ASSIGN_OR_RAISE(c.event_name, Values<uint8_t>(batch, "event_name"));
  for (size_t w = 0; w < kSessionWords; ++w) {
    ARROW_ASSIGN_OR_RAISE(c.words[w], WordsOf(batch, kSessionWordNames[w]));
  }
  ARROW_ASSIGN_OR_RAISE(c.repeat_count, Values<int64_t>(batch, "repeat_count"));
  ARROW_ASSIGN_OR_RAISE(c.session_key, TextsOf(batch, "session_key"));
  ARROW_ASSIGN_OR_RAISE(c.has_session_key, Valid(batch, "session_key"));
  ARROW_ASSIGN_OR_RAISE(c.sequence, TextsOf(batch, "sequence"));
  ARROW_ASSIGN_OR_RAISE(c.has_sequence, Valid(batch, "sequence"));
  ARROW_ASSIGN_OR_RAISE(c.byte_offset, Values<int64_t>(batch, "byte_offset"));
  ARROW_ASSIGN_OR_RAISE(c.notes, Values<uint8_t>(batch, "notes"));
  return c;
}

void SessionVectors::Reserve(size_t rows) {
  for (auto* column : {&event_start, &event_end, &repeat_count, &byte_offset}) column->reserve(rows);
  for (auto* column : {&has_event_end, &has_source_port, &has_destination_port, &transport, &event_name,
                       &has_session_key, &has_sequence, &notes})
    column->reserve(rows);
  for (auto* column : {&source_ip, &destination_ip}) column->reserve(rows);
  for (auto* column : {&source_port, &destination_port}) column->reserve(rows);
  for (auto& column : amounts) column.reserve(rows);
  for (auto& column : has_amount) column.reserve(rows);
  for (auto& column : words) column.reserve(rows);
  for (auto* column : {&session_key_offsets, &sequence_offsets}) column->reserve(rows + 1);
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> SessionVectors::Finish(
    const std::array<std::shared_ptr<arrow::Array>, kSessionWords>& dictionaries) && {
  BatchBuilder batch(SessionSchema(), static_cast<int64_t>(rows()));
  batch.Put("event_start", std::move(event_start));
  batch.Put("event_end", std::move(event_end), has_event_end);
  batch.PutAddresses("source_ip", source_ip);
  batch.PutAddresses("destination_ip", destination_ip);
  batch.Put("source_port", std::move(source_port), has_source_port);
  batch.Put("destination_port", std::move(destination_port), has_destination_port);
  for (size_t a = 0; a < kSessionAmounts; ++a)
    batch.Put(kSessionAmountNames[a], std::move(amounts[a]), has_amount[a]);
  batch.Put("transport", std::move(transport));
  batch.Put("event_name", std::move(event_name));
  for (size_t w = 0; w < kSessionWords; ++w)
    batch.PutDictionary(kSessionWordNames[w], std::move(words[w]), dictionaries[w]);
  batch.Put("repeat_count", std::move(repeat_count));
  batch.PutTextBytes("session_key", std::move(session_key_offsets), std::move(session_keys), has_session_key);
  batch.PutTextBytes("sequence", std::move(sequence_offsets), std::move(sequences), has_sequence);
  batch.Put("byte_offset", std::move(byte_offset));
  batch.Put("notes", std::move(notes));
  return batch.Finish();
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> TakeSessions(const arrow::RecordBatch& batch,
                                                                std::span<const int32_t> rows) {
  ARROW_ASSIGN_OR_RAISE(const SessionColumns columns, SessionColumnsOf(batch));
  std::array<std::shared_ptr<arrow::Array>, kSessionWords> dictionaries;
  for (size_t w = 0; w < kSessionWords; ++w) {
    const auto column = batch.GetColumnByName(std::string(kSessionWordNames[w]));
    dictionaries[w] = static_cast<const arrow::DictionaryArray&>(*column).dictionary();
  }
  return GatherAll(columns, rows).Finish(dictionaries);
}

arrow::Result<std::vector<SliceSessions>> SplitBySlice(const std::shared_ptr<arrow::RecordBatch>& batch) {
  ARROW_ASSIGN_OR_RAISE(const auto starts, Values<int64_t>(*batch, "event_start"));
  boost::unordered_flat_map<int64_t, std::vector<int32_t>> rows_of;
  std::vector<int32_t>* rows = nullptr;
  int64_t slice = 0;
  for (size_t i = 0; i < starts.size(); ++i) {
    if (rows == nullptr || starts[i] < slice || starts[i] - slice >= base::kSliceMicros) {
      slice = base::SliceStart(starts[i]);
      rows = &rows_of[slice];
    }
    rows->push_back(static_cast<int32_t>(i));
  }
  std::vector<SliceSessions> slices;
  for (const auto& [start, unused] : rows_of) slices.push_back({start, nullptr});
  std::sort(slices.begin(), slices.end(),
            [](const auto& a, const auto& b) { return a.slice_start < b.slice_start; });
  if (slices.size() == 1) {
    slices[0].sessions = batch;
    return slices;
  }
  for (SliceSessions& part : slices) {
    ARROW_ASSIGN_OR_RAISE(part.sessions, TakeSessions(*batch, rows_of[part.slice_start]));
  }
  return slices;
}

}  // namespace ndr::catalogue
