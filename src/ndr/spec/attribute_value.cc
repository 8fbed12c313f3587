// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/attribute_value.h"

#include <algorithm>
#include <array>

#include "ndr/spec/decimal.h"

namespace ndr::spec {
namespace {

using arrow::Result;
using arrow::Status;

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kTypes = {{{"M", "a map"},
                                                                                   {"L", "a list"},
                                                                                   {"S", "text"},
                                                                                   {"N", "a number"},
                                                                                   {"BOOL", "true or false"},
                                                                                   {"NULL", "null"},
                                                                                   {"B", "bytes"},
                                                                                   {"SS", "a set of texts"},
                                                                                   {"NS", "a set of numbers"},
                                                                                   {"BS", "a set of bytes"}}};

// Read by a person: `windows.w_2h`, and the document itself.
std::string Place(const std::string& path) { return path.empty() ? "the body" : path; }

Json Tagged(const char* tag, Json value) {
  Json attribute = Json::object();
  attribute[tag] = std::move(value);
  return attribute;
}

Result<Json> ListTo(const Json& json, const At& at) {
  Json list = Json::array();
  for (size_t i = 0; i < json.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(list.emplace_back(), ToAttribute(json[i], at.Element(i).path));
  }
  return Tagged("L", std::move(list));
}

Result<Json> MapTo(const Json& json, const At& at) {
  Json map = Json::object();
  for (const auto& [name, value] : json.items()) {
    ARROW_ASSIGN_OR_RAISE(map[name], ToAttribute(value, at.Member(name).path));
  }
  return Tagged("M", std::move(map));
}

Result<Json> ListFrom(const Json& list, const At& at) {
  Json out = Json::array();
  for (size_t i = 0; i < list.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(out.emplace_back(), FromAttribute(list[i], at.Element(i).path));
  }
  return out;
}

Result<Json> MapFrom(const Json& map, const At& at) {
  std::vector<std::string> names;
  for (const auto& [name, value] : map.items()) names.push_back(name);
  std::sort(names.begin(), names.end());
  Json out = Json::object();
  for (const std::string& name : names) {
    ARROW_ASSIGN_OR_RAISE(out[name], FromAttribute(map.at(name), at.Member(name).path));
  }
  return out;
}

}  // namespace

Result<Json> ToAttribute(const Json& json, const std::string& path) {
  const At at{path, nullptr};
  if (json.is_object()) return MapTo(json, at);
  if (json.is_array()) return ListTo(json, at);
  if (json.is_string()) return Tagged("S", json);
  if (json.is_boolean()) return Tagged("BOOL", json);
  if (json.is_null()) return Tagged("NULL", true);
  const Result<std::string> decimal = DecimalOfJson(json);
  if (!decimal.ok()) return Status::Invalid(Place(path), ": ", decimal.status().message());
  return Tagged("N", *decimal);
}

Result<Json> FromAttribute(const Json& attribute, const std::string& path) {
  const std::string type = AttributeType(attribute);
  if (type.empty()) return Status::Invalid(Place(path), " is no DynamoDB value");
  const At at{path, nullptr};
  const std::string& tag = attribute.begin().key();
  const Json& value = attribute.begin().value();
  if (tag == "M" && value.is_object()) return MapFrom(value, at);
  if (tag == "L" && value.is_array()) return ListFrom(value, at);
  if ((tag == "S" && value.is_string()) || (tag == "BOOL" && value.is_boolean())) return value;
  if (tag == "NULL") return Json();
  if (tag == "N" && value.is_string()) {
    const Result<Json> number = JsonOfDecimal(value.get_ref<const std::string&>());
    if (!number.ok()) return Status::Invalid(Place(path), ": ", number.status().message());
    return number;
  }
  if (tag != "B" && tag != "SS" && tag != "NS" && tag != "BS")
    return Status::Invalid(Place(path), " is no DynamoDB value");
  return Status::Invalid(Place(path), " is ", type,
                         ", which JSON does not have; a list stands for a set, text for bytes");
}

std::string AttributeType(const Json& attribute) {
  if (!attribute.is_object() || attribute.size() != 1) return "";
  for (const auto& [tag, type] : kTypes)
    if (attribute.begin().key() == tag) return std::string(type);
  return "";
}

}  // namespace ndr::spec
