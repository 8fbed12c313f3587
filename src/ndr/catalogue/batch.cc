// SPDX-License-Identifier: Apache-2.0
#include "ndr/catalogue/batch.h"

#include <arrow/array.h>
#include <arrow/array/array_dict.h>
#include <arrow/array/concatenate.h>
#include <arrow/buffer.h>
#include <arrow/table.h>
#include <arrow/util/bit_util.h>

#include <algorithm>

#include "ndr/base/exit_code.h"

namespace ndr::catalogue {
namespace {

using arrow::Status;

arrow::Result<std::shared_ptr<arrow::Array>> Find(const arrow::RecordBatch& batch, std::string_view column,
                                                  std::initializer_list<arrow::Type::type> types) {
  const auto array = batch.GetColumnByName(std::string(column));
  if (array == nullptr) return Status::Invalid("column '", column, "' is missing");
  if (std::find(types.begin(), types.end(), array->type_id()) == types.end())
    return Status::Invalid("column '", column, "' has type ", array->type()->ToString());
  return array;
}

template <class T>
constexpr arrow::Type::type kTypeOf = arrow::CTypeTraits<T>::ArrowType::type_id;

std::shared_ptr<arrow::Buffer> Bits(const std::vector<uint8_t>& valid, int64_t* nulls) {
  *nulls = std::count(valid.begin(), valid.end(), uint8_t{0});
  if (*nulls == 0) return nullptr;
  std::vector<uint8_t> bits((valid.size() + 7) / 8);
  for (size_t i = 0; i < valid.size(); ++i)
    if (valid[i] != 0) arrow::bit_util::SetBit(bits.data(), static_cast<int64_t>(i));
  return arrow::Buffer::FromVector(std::move(bits));
}

std::shared_ptr<arrow::Array> TextArray(std::vector<int32_t> offsets, std::string bytes,
                                        const std::vector<uint8_t>& valid) {
  int64_t nulls = 0;
  const auto bits = Bits(valid, &nulls);
  const auto rows = static_cast<int64_t>(offsets.size()) - 1;
  return std::make_shared<arrow::StringArray>(rows, arrow::Buffer::FromVector(std::move(offsets)),
                                              arrow::Buffer::FromString(std::move(bytes)), bits, nulls);
}

}  // namespace

template <class T>
arrow::Result<std::span<const T>> Values(const arrow::RecordBatch& batch, std::string_view column) {
  const auto also = std::is_same_v<T, int64_t> ? arrow::Type::TIMESTAMP : kTypeOf<T>;
  ARROW_ASSIGN_OR_RAISE(const auto array, Find(batch, column, {kTypeOf<T>, also}));
  return std::span<const T>(array->data()->template GetValues<T>(1), static_cast<size_t>(array->length()));
}
template arrow::Result<std::span<const int64_t>> Values<int64_t>(const arrow::RecordBatch&, std::string_view);
template arrow::Result<std::span<const int32_t>> Values<int32_t>(const arrow::RecordBatch&, std::string_view);
template arrow::Result<std::span<const uint16_t>> Values<uint16_t>(const arrow::RecordBatch&,
                                                                   std::string_view);
template arrow::Result<std::span<const uint8_t>> Values<uint8_t>(const arrow::RecordBatch&, std::string_view);
template arrow::Result<std::span<const int8_t>> Values<int8_t>(const arrow::RecordBatch&, std::string_view);
template arrow::Result<std::span<const double>> Values<double>(const arrow::RecordBatch&, std::string_view);

arrow::Result<std::span<const int64_t>> Counts(const arrow::RecordBatch& batch, std::string_view column) {
  ARROW_ASSIGN_OR_RAISE(const auto counts, Values<int64_t>(batch, column));
  uint64_t bits = 0;
  for (const int64_t count : counts) bits |= static_cast<uint64_t>(count);
  if (bits <= static_cast<uint64_t>(kLargestCount)) return counts;
  const auto at =
      std::find_if(counts.begin(), counts.end(), [](int64_t n) { return n < 0 || n > kLargestCount; });
  return base::ContractViolation("column '" + std::string(column) + "' is " + std::to_string(*at) +
                                 " in row " + std::to_string(at - counts.begin()) +
                                 ", which is no number of sessions (0 to " + std::to_string(kLargestCount) +
                                 "); make the data anew from its logs");
}

arrow::Result<Validity> Valid(const arrow::RecordBatch& batch, std::string_view column) {
  const auto array = batch.GetColumnByName(std::string(column));
  if (array == nullptr) return Status::Invalid("column '", column, "' is missing");
  return Validity{array->null_bitmap_data(), array->offset()};
}

arrow::Result<Texts> TextsOf(const arrow::RecordBatch& batch, std::string_view column) {
  ARROW_ASSIGN_OR_RAISE(const auto array, Find(batch, column, {arrow::Type::STRING}));
  const auto& text = static_cast<const arrow::StringArray&>(*array);
  return Texts{text.raw_value_offsets(), reinterpret_cast<const char*>(text.raw_data())};
}

arrow::Result<Words> WordsOf(const arrow::RecordBatch& batch, std::string_view column) {
  ARROW_ASSIGN_OR_RAISE(const auto array, Find(batch, column, {arrow::Type::DICTIONARY}));
  const auto& dictionary = static_cast<const arrow::DictionaryArray&>(*array);
  const auto& indices = *dictionary.indices();
  const auto& words = *dictionary.dictionary();
  if (indices.type_id() != arrow::Type::INT32 || words.type_id() != arrow::Type::STRING)
    return Status::Invalid("column '", column, "' has type ", array->type()->ToString());
  const auto& text = static_cast<const arrow::StringArray&>(words);
  return Words{
      std::span<const int32_t>(indices.data()->GetValues<int32_t>(1), static_cast<size_t>(indices.length())),
      Validity{array->null_bitmap_data(), array->offset()},
      Texts{text.raw_value_offsets(), reinterpret_cast<const char*>(text.raw_data())},
      static_cast<int32_t>(text.length())};
}

arrow::Result<const uint8_t*> AddressBytes(const arrow::RecordBatch& batch, std::string_view column) {
  ARROW_ASSIGN_OR_RAISE(const auto array, Find(batch, column, {arrow::Type::FIXED_SIZE_BINARY}));
  const auto& binary = static_cast<const arrow::FixedSizeBinaryArray&>(*array);
  if (binary.byte_width() != base::kAddressBytes)
    return Status::Invalid("column '", column, "' holds no addresses");
  return binary.raw_values();
}

arrow::Result<std::vector<base::Address>> Addresses(const arrow::RecordBatch& batch,
                                                    std::string_view column) {
  ARROW_ASSIGN_OR_RAISE(const uint8_t* bytes, AddressBytes(batch, column));
  std::vector<base::Address> addresses(static_cast<size_t>(batch.num_rows()));
  for (size_t i = 0; i < addresses.size(); ++i)
    addresses[i] = base::Address::FromBytes(bytes + i * base::kAddressBytes);
  return addresses;
}

BatchBuilder::BatchBuilder(std::shared_ptr<arrow::Schema> schema, int64_t rows)
    : schema_(std::move(schema)), rows_(rows), arrays_(static_cast<size_t>(schema_->num_fields())) {}

void BatchBuilder::Set(std::string_view column, std::shared_ptr<arrow::Array> array) {
  const int i = schema_->GetFieldIndex(std::string(column));
  if (!status_.ok()) return;
  if (i < 0) {
    status_ = Status::Invalid("no column '", column, "' in the schema");
  } else if (array->length() != rows_) {
    status_ = Status::Invalid("column '", column, "' has ", array->length(), " rows of ", rows_);
  } else if (array->null_count() > 0 && !schema_->field(i)->nullable()) {
    status_ = Status::Invalid("column '", column, "' has nulls");
  } else if (!array->type()->Equals(schema_->field(i)->type())) {
    status_ = Status::Invalid("column '", column, "' has type ", array->type()->ToString());
  } else {
    arrays_[static_cast<size_t>(i)] = std::move(array);
  }
}

template <class T>
void BatchBuilder::Put(std::string_view column, std::vector<T> values, const std::vector<uint8_t>& valid) {
  const auto rows = static_cast<int64_t>(values.size());
  int64_t nulls = 0;
  const auto bits = Bits(valid, &nulls);
  std::shared_ptr<arrow::DataType> type = arrow::CTypeTraits<T>::type_singleton();
  const auto field = schema_->GetFieldByName(std::string(column));
  if (std::is_same_v<T, int64_t> && field != nullptr && field->type()->id() == arrow::Type::TIMESTAMP)
    type = field->type();
  Set(column, arrow::MakeArray(arrow::ArrayData::Make(
                  type, rows, {bits, arrow::Buffer::FromVector(std::move(values))}, nulls)));
}
template void BatchBuilder::Put<int64_t>(std::string_view, std::vector<int64_t>, const std::vector<uint8_t>&);
template void BatchBuilder::Put<int32_t>(std::string_view, std::vector<int32_t>, const std::vector<uint8_t>&);
template void BatchBuilder::Put<uint16_t>(std::string_view, std::vector<uint16_t>,
                                          const std::vector<uint8_t>&);
template void BatchBuilder::Put<uint8_t>(std::string_view, std::vector<uint8_t>, const std::vector<uint8_t>&);
template void BatchBuilder::Put<int8_t>(std::string_view, std::vector<int8_t>, const std::vector<uint8_t>&);
template void BatchBuilder::Put<double>(std::string_view, std::vector<double>, const std::vector<uint8_t>&);

void BatchBuilder::PutAddresses(std::string_view column, std::span<const base::Address> values,
                                const std::vector<uint8_t>& valid) {
  std::vector<uint8_t> bytes(values.size() * base::kAddressBytes);
  for (size_t i = 0; i < values.size(); ++i) values[i].ToBytes(bytes.data() + i * base::kAddressBytes);
  int64_t nulls = 0;
  const auto bits = Bits(valid, &nulls);
  Set(column, std::make_shared<arrow::FixedSizeBinaryArray>(
                  arrow::fixed_size_binary(base::kAddressBytes), static_cast<int64_t>(values.size()),
                  arrow::Buffer::FromVector(std::move(bytes)), bits, nulls));
}

void BatchBuilder::PutWords(std::string_view column, std::span<const int32_t> index,
                            std::span<const std::string> words) {
  std::vector<int32_t> offsets(index.size() + 1);
  std::vector<uint8_t> valid(index.size(), 1);
  size_t total = 0;
  for (size_t i = 0; i < index.size(); ++i) {
    if (index[i] < 0)
      valid[i] = 0;
    else
      total += words[static_cast<size_t>(index[i])].size();
    offsets[i + 1] = static_cast<int32_t>(total);
  }
  std::string bytes;
  bytes.reserve(total);
  for (const int32_t i : index)
    if (i >= 0) bytes += words[static_cast<size_t>(i)];
  Set(column, TextArray(std::move(offsets), std::move(bytes), valid));
}

void BatchBuilder::PutConstant(std::string_view column, std::string_view text) {
  const std::vector<int32_t> index(static_cast<size_t>(rows_));
  const std::string word(text);
  PutWords(column, index, std::span(&word, 1));
}

void BatchBuilder::PutTexts(std::string_view column, std::span<const std::string> texts,
                            const std::vector<uint8_t>& valid) {
  std::vector<int32_t> offsets{0};
  std::string bytes;
  for (const std::string& text : texts) {
    bytes += text;
    offsets.push_back(static_cast<int32_t>(bytes.size()));
  }
  Set(column, TextArray(std::move(offsets), std::move(bytes), valid));
}

void BatchBuilder::PutTextBytes(std::string_view column, std::vector<int32_t> offsets, std::string bytes,
                                const std::vector<uint8_t>& valid) {
  Set(column, TextArray(std::move(offsets), std::move(bytes), valid));
}

void BatchBuilder::PutDictionary(std::string_view column, std::vector<int32_t> index,
                                 const std::shared_ptr<arrow::Array>& words) {
  std::vector<uint8_t> valid(index.size());
  for (size_t i = 0; i < index.size(); ++i) {
    valid[i] = index[i] >= 0;
    if (index[i] < 0) index[i] = 0;
  }
  int64_t nulls = 0;
  const auto bits = Bits(valid, &nulls);
  const auto rows = static_cast<int64_t>(index.size());
  const auto numbers =
      std::make_shared<arrow::Int32Array>(rows, arrow::Buffer::FromVector(std::move(index)), bits, nulls);
  Set(column, std::make_shared<arrow::DictionaryArray>(arrow::dictionary(arrow::int32(), arrow::utf8()),
                                                       numbers, words));
}

void BatchBuilder::PutArray(std::string_view column, std::shared_ptr<arrow::Array> array) {
  Set(column, std::move(array));
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> BatchBuilder::Finish() {
  ARROW_RETURN_NOT_OK(status_);
  for (size_t i = 0; i < arrays_.size(); ++i)
    if (arrays_[i] == nullptr)
      return Status::Invalid("column '", schema_->field(static_cast<int>(i))->name(), "' was not filled");
  return arrow::RecordBatch::Make(schema_, rows_, std::move(arrays_));
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> Concatenate(
    const std::shared_ptr<arrow::Schema>& schema,
    const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches) {
  if (batches.size() == 1) return batches.front();
  if (batches.empty()) return arrow::RecordBatch::MakeEmpty(schema);
  return arrow::ConcatenateRecordBatches(batches);
}

}  // namespace ndr::catalogue
