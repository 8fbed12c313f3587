// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/address_text.h"

#include <arrow/array/array_dict.h>
#include <arrow/buffer.h>
#include <arrow/type.h>

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstring>
#include <vector>

#include "ndr/base/address.h"
#include "ndr/base/hash.h"

namespace ndr::storage {
namespace {

using base::Address;

// The validity bits of `array` as a buffer that begins at row 0.
arrow::Result<std::shared_ptr<arrow::Buffer>> ValidBits(const arrow::Array& array) {
  if (array.null_count() == 0) return nullptr;
  if (array.offset() == 0) return array.null_bitmap();
  std::vector<uint8_t> bits(static_cast<size_t>(array.length() + 7) / 8);
  for (int64_t i = 0; i < array.length(); ++i)
    if (array.IsValid(i)) bits[static_cast<size_t>(i >> 3)] |= static_cast<uint8_t>(1 << (i & 7));
  return arrow::Buffer::FromVector(std::move(bits));
}

arrow::Result<std::vector<Address>> ParseAll(const arrow::StringArray& texts) {
  std::vector<Address> addresses(static_cast<size_t>(texts.length()));
  for (int64_t i = 0; i < texts.length(); ++i) {
    if (texts.IsNull(i)) continue;
    const auto address = base::ParseAddress(texts.GetView(i));
    if (!address) return arrow::Status::Invalid("'", texts.GetView(i), "' is no IP address");
    addresses[static_cast<size_t>(i)] = *address;
  }
  return addresses;
}

}  // namespace

arrow::Result<std::shared_ptr<arrow::Array>> AddressesToText(const arrow::Array& array) {
  const auto& addresses = static_cast<const arrow::FixedSizeBinaryArray&>(array);
  boost::unordered_flat_map<Address, int32_t, base::AddressHash> numbers;
  std::vector<int32_t> index(static_cast<size_t>(array.length()));
  std::vector<int32_t> offsets{0};
  std::string text;
  Address last;
  int32_t number = -1;
  for (int64_t i = 0; i < array.length(); ++i) {
    if (addresses.IsNull(i)) continue;
    const Address address = Address::FromBytes(addresses.GetValue(i));
    // Rows come in runs of one address as a rule.
    if (number < 0 || address != last) {
      const auto [entry, added] = numbers.try_emplace(address, static_cast<int32_t>(numbers.size()));
      if (added) {
        char buffer[base::kAddressTextMax];
        text.append(buffer, base::FormatAddress(address, buffer));
        offsets.push_back(static_cast<int32_t>(text.size()));
      }
      last = address;
      number = entry->second;
    }
    index[static_cast<size_t>(i)] = number;
  }
  ARROW_ASSIGN_OR_RAISE(auto bits, ValidBits(array));
  const auto words = static_cast<int64_t>(offsets.size()) - 1;
  const auto dictionary = std::make_shared<arrow::StringArray>(
      words, arrow::Buffer::FromVector(std::move(offsets)), arrow::Buffer::FromString(std::move(text)));
  const auto indices = std::make_shared<arrow::Int32Array>(
      array.length(), arrow::Buffer::FromVector(std::move(index)), std::move(bits), array.null_count());
  return std::make_shared<arrow::DictionaryArray>(arrow::dictionary(arrow::int32(), arrow::utf8()), indices,
                                                  dictionary);
}

arrow::Result<std::shared_ptr<arrow::Array>> TextToAddresses(const arrow::Array& array) {
  std::vector<uint8_t> bytes(static_cast<size_t>(array.length()) * base::kAddressBytes);
  uint8_t* out = bytes.data();
  if (array.type_id() == arrow::Type::DICTIONARY) {
    const auto& dictionary = static_cast<const arrow::DictionaryArray&>(array);
    ARROW_ASSIGN_OR_RAISE(const auto words,
                          ParseAll(static_cast<const arrow::StringArray&>(*dictionary.dictionary())));
    const auto& indices = static_cast<const arrow::Int32Array&>(*dictionary.indices());
    for (int64_t i = 0; i < array.length(); ++i, out += base::kAddressBytes)
      if (array.IsValid(i)) words[static_cast<size_t>(indices.Value(i))].ToBytes(out);
  } else if (array.type_id() == arrow::Type::STRING) {
    ARROW_ASSIGN_OR_RAISE(const auto words, ParseAll(static_cast<const arrow::StringArray&>(array)));
    for (size_t i = 0; i < words.size(); ++i, out += base::kAddressBytes)
      if (array.IsValid(static_cast<int64_t>(i))) words[i].ToBytes(out);
  } else {
    return arrow::Status::Invalid("type ", array.type()->ToString(), " holds no addresses");
  }
  ARROW_ASSIGN_OR_RAISE(auto bits, ValidBits(array));
  return std::make_shared<arrow::FixedSizeBinaryArray>(
      arrow::fixed_size_binary(base::kAddressBytes), array.length(),
      arrow::Buffer::FromVector(std::move(bytes)), std::move(bits), array.null_count());
}

}  // namespace ndr::storage
