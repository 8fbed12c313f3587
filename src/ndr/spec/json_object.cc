// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/json_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "ndr/catalogue/catalogue.h"

namespace ndr::spec {

using arrow::Status;

void At::Fail(const std::string& message) const {
  if (status->ok()) *status = Status::Invalid(path.empty() ? message : path + ": " + message);
}

void At::Expected(std::string_view expected, const Json& found) const {
  std::string text = found.dump();
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  Fail(fmt::format("expected {}, found {} {}", expected, found.type_name(), text));
}

void At::Unknown(const std::string& name, std::string_view what,
                 const std::vector<std::string>& known) const {
  const std::string nearest = catalogue::Nearest(name, known);
  if (!nearest.empty()) return Fail(fmt::format("'{}' is no {}; did you mean '{}'?", name, what, nearest));
  Fail(fmt::format("'{}' is no {}; known are {}", name, what, fmt::join(known, ", ")));
}

void ReadValue(const Json& json, const At& at, std::string* out) {
  if (!json.is_string()) return at.Expected("text", json);
  *out = json.get<std::string>();
}

void ReadValue(const Json& json, const At& at, bool* out) {
  if (!json.is_boolean()) return at.Expected("true or false", json);
  *out = json.get<bool>();
}

void ReadValue(const Json& json, const At& at, int64_t* out) {
  const bool fits =
      json.is_number_integer() && (!json.is_number_unsigned() || json.get<uint64_t>() <= INT64_MAX);
  if (!fits) return at.Expected("a whole number", json);
  *out = json.get<int64_t>();
}

void ReadValue(const Json& json, const At& at, int* out) {
  int64_t wide = *out;
  ReadValue(json, at, &wide);
  if (wide < INT32_MIN || wide > INT32_MAX) return at.Expected("a smaller number", json);
  *out = static_cast<int>(wide);
}

void ReadValue(const Json& json, const At& at, uint16_t* out) {
  int64_t wide = 0;
  ReadValue(json, at, &wide);
  if (wide < 0 || wide > 65535) return at.Expected("a port number, 0 to 65535", json);
  *out = static_cast<uint16_t>(wide);
}

void ReadValue(const Json& json, const At& at, double* out) {
  if (!json.is_number()) return at.Expected("a number", json);
  *out = json.get<double>();
}

void ReadValue(const Json& json, const At& at, base::Cidr* out) {
  const auto cidr = json.is_string() ? base::ParseCidr(json.get<std::string>()) : std::nullopt;
  if (!cidr) return at.Expected("a CIDR such as 10.0.0.0/8 or fc00::/7", json);
  *out = *cidr;
}

const Json& Object::Empty() {
  static const Json empty = Json::object();
  return empty;
}

Object::Object(const Json& json, At at) : json_(json.is_object() ? json : Empty()), at_(std::move(at)) {
  if (!json.is_object()) at_.Expected("an object", json);
}

const Json* Object::Find(std::string_view name) {
  known_.emplace_back(name);
  const auto member = json_.find(std::string(name));
  return member == json_.end() ? nullptr : &*member;
}

void Object::CheckRange(std::string_view name, double value, double low, double high) const {
  if (value >= low && value <= high) return;
  at_.Member(name).Fail(high > 1e9 ? fmt::format("{} is below {}", value, low)
                                   : fmt::format("{} is not within {} to {}", value, low, high));
}

void Object::Done() {
  for (const auto& [name, value] : json_.items()) {
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    const std::string nearest = catalogue::Nearest(name, known_);
    const std::string advice = nearest.empty() ? fmt::format("known are {}", fmt::join(known_, ", "))
                                               : fmt::format("did you mean '{}'?", nearest);
    at_.Member(name).Fail("unknown key; " + advice);
  }
}

arrow::Result<Json> ParseJson(std::string_view text, std::string_view origin) {
  std::vector<std::set<std::string>> open;
  std::string twice;
  const Json::parser_callback_t watch = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key && !open.back().insert(parsed.get<std::string>()).second)
      twice = parsed.get<std::string>();
    return true;
  };
  try {
    Json json = Json::parse(text, watch);
    if (!twice.empty()) return Status::Invalid(origin, ": the key '", twice, "' stands twice in one object");
    return json;
  } catch (const std::exception& e) {
    return Status::Invalid(origin, ": ", e.what());
  }
}

}  // namespace ndr::spec
