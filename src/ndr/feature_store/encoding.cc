// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/encoding.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "ndr/base/hash.h"

namespace ndr::feature_store {
namespace {

using arrow::Status;

enum Tag : uint8_t { kNone = 0, kZero = 1, kShort = 2, kLong = 3 };

constexpr double kExactIntegers = 9'007'199'254'740'992;  // 2^53

void AppendVarint(uint64_t value, std::string* out) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

uint64_t Zigzag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
int64_t Unzigzag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

void AppendText(std::string_view text, std::string* out) {
  AppendVarint(text.size(), out);
  out->append(text);
}

Tag AppendFractional(double x, std::string* out) {
  const auto bits = std::bit_cast<uint64_t>(x);
  if (bits == 0) return kZero;
  // Minus zero is whole too, and would lose its sign.
  if (x != 0 && std::abs(x) < kExactIntegers && x == std::trunc(x)) {
    AppendVarint(Zigzag(static_cast<int64_t>(x)), out);
    return kShort;
  }
  char bytes[sizeof bits];
  std::memcpy(bytes, &bits, sizeof bits);
  out->append(bytes, sizeof bits);
  return kLong;
}

Tag AppendValue(const Value& value, std::string* out) {
  switch (value.kind) {
    case Value::Kind::kAbsent:
      return kNone;
    case Value::Kind::kIntegral:
      if (value.integral == 0) return kZero;
      AppendVarint(Zigzag(value.integral), out);
      return kShort;
    case Value::Kind::kFractional:
      return AppendFractional(value.fractional, out);
    case Value::Kind::kString:
      if (value.text.empty()) return kZero;
      AppendText(value.text, out);
      return kShort;
  }
  return kNone;
}

// Reads from the front; `cut` once anything was missing.
struct ByteReader {
  std::string_view rest;
  bool cut = false;

  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (rest.empty()) break;
      const auto byte = static_cast<uint8_t>(rest.front());
      rest.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    cut = true;
    return 0;
  }
  std::string_view Bytes(uint64_t size) {
    if (size > rest.size()) return cut = true, std::string_view();
    const std::string_view bytes = rest.substr(0, size);
    rest.remove_prefix(size);
    return bytes;
  }
  std::string_view Text() { return Bytes(Varint()); }
  double Double() {
    const std::string_view bytes = Bytes(sizeof(double));
    double x = 0;
    if (!cut) std::memcpy(&x, bytes.data(), sizeof x);
    return x;
  }
};

Value ReadValue(FeatureType type, Tag tag, ByteReader* from) {
  if (tag == kNone) return {};
  switch (type) {
    case FeatureType::kIntegral:
      return {Value::Kind::kIntegral, tag == kZero ? 0 : Unzigzag(from->Varint()), 0, {}};
    case FeatureType::kFractional: {
      const double x = tag == kZero    ? 0.0
                       : tag == kShort ? static_cast<double>(Unzigzag(from->Varint()))
                                       : from->Double();
      return {Value::Kind::kFractional, 0, x, {}};
    }
    case FeatureType::kString:
      return {Value::Kind::kString, 0, 0, tag == kZero ? std::string_view() : from->Text()};
  }
  return {};
}

std::string HashOf(std::string_view text) {
  const std::string hex = base::Sha256Hex(text);
  std::string bytes;
  for (size_t i = 0; i < RecordSchema::kHashBytes; ++i)
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(2 * i, 2), nullptr, 16)));
  return bytes;
}

}  // namespace

RecordSchema RecordSchema::Of(const Group& group) {
  RecordSchema schema;
  schema.features = group.features;
  for (const Feature& f : group.features) schema.text += std::string(ToText(f.type)) + " " + f.name + "\n";
  schema.hash = HashOf(schema.text);
  return schema;
}

arrow::Result<RecordSchema> RecordSchema::Parse(std::string_view text) {
  RecordSchema schema;
  schema.text = text;
  schema.hash = HashOf(text);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const size_t space = line.find(' ');
    Feature feature;
    bool known = false;
    for (const FeatureType type : {FeatureType::kIntegral, FeatureType::kFractional, FeatureType::kString})
      if (line.substr(0, space) == ToText(type)) feature.type = type, known = true;
    if (!known || space == std::string_view::npos || line.size() == text.size())
      return Status::Invalid("'", line, "' is no line of a record's schema");
    feature.name = line.substr(space + 1);
    schema.features.push_back(std::move(feature));
    text.remove_prefix(line.size() + 1);
  }
  return schema;
}

void Encode(const RecordSchema& schema, const Records& records, size_t row, std::string* out) {
  out->append(schema.hash);
  AppendText(records.record_id(row), out);
  const size_t tags = out->size(), n = schema.features.size();
  out->append((n + 3) / 4, '\0');
  for (size_t f = 0; f < n; ++f) {
    const Tag tag = AppendValue(records.value(row, f), out);
    (*out)[tags + f / 4] = static_cast<char>((*out)[tags + f / 4] | tag << (2 * (f % 4)));
  }
}

Status Decode(const RecordSchema& schema, std::string_view bytes, DecodedRecord* out) {
  if (SchemaHashOf(bytes) != schema.hash) return Status::Invalid("a record's bytes are of another schema");
  ByteReader reader{bytes.substr(RecordSchema::kHashBytes)};
  out->record_id = reader.Text();
  const size_t n = schema.features.size();
  const std::string_view tags = reader.Bytes((n + 3) / 4);
  out->values.resize(n);
  for (size_t f = 0; f < n && !reader.cut; ++f) {
    const auto tag = static_cast<Tag>(static_cast<uint8_t>(tags[f / 4]) >> (2 * (f % 4)) & 3);
    out->values[f] = ReadValue(schema.features[f].type, tag, &reader);
  }
  if (reader.cut || !reader.rest.empty()) return Status::Invalid("a record's bytes are damaged");
  return Status::OK();
}

}  // namespace ndr::feature_store
