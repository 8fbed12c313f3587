// SPDX-License-Identifier: Apache-2.0
// Reads JSON documents member by member; whatever was not asked for is unknown. Errors name the full path of
// the key.
#pragma once

#include <arrow/result.h>

#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/base/address.h"

namespace ndr::spec {

/// Members keep the order of the text: port sets and scores are in the project's order.
using Json = nlohmann::ordered_json;

/// Where a value stands (`calendar.weekend[1]`) and the first error of the whole document.
struct At {
  std::string path;
  arrow::Status* status;

  At Member(std::string_view name) const {
    return {path.empty() ? std::string(name) : path + "." + std::string(name), status};
  }
  At Element(size_t i) const { return {path + "[" + std::to_string(i) + "]", status}; }
  /// Keeps the first error.
  void Fail(const std::string& message) const;
  /// `expected`: a list of CIDRs such as 10.0.0.0/8
  void Expected(std::string_view expected, const Json& found) const;
  /// 'SATT' is no day; did you mean 'SAT'?
  void Unknown(const std::string& name, std::string_view what, const std::vector<std::string>& known) const;
};

void ReadValue(const Json& json, const At& at, std::string* out);
void ReadValue(const Json& json, const At& at, bool* out);
void ReadValue(const Json& json, const At& at, int* out);
void ReadValue(const Json& json, const At& at, int64_t* out);
void ReadValue(const Json& json, const At& at, uint16_t* out);
void ReadValue(const Json& json, const At& at, double* out);
void ReadValue(const Json& json, const At& at, base::Cidr* out);

/// The list in place of the default one.
template <class T>
void ReadValue(const Json& json, const At& at, std::vector<T>* out) {
  if (!json.is_array()) return at.Expected("a list", json);
  out->clear();
  for (size_t i = 0; i < json.size(); ++i) ReadValue(json[i], at.Element(i), &out->emplace_back());
}

template <class T>
void ReadValue(const Json& json, const At& at, std::map<std::string, T>* out) {
  if (!json.is_object()) return at.Expected("an object", json);
  out->clear();
  for (const auto& [name, value] : json.items()) ReadValue(value, at.Member(name), &(*out)[name]);
}

/// Object(json, at).Field("days", &days).Field(...).Done();
class Object {
 public:
  Object(const Json& json, At at);

  /// Leaves the target as it is where the member is absent.
  template <class T>
  Object& Field(std::string_view name, T* out) {
    if (const Json* member = Find(name)) ReadValue(*member, at_.Member(name), out);
    return *this;
  }
  /// The same for a number within [low, high].
  template <class T>
  Object& Within(std::string_view name, T* out, T low, T high = std::numeric_limits<T>::max()) {
    Field(name, out);
    CheckRange(name, static_cast<double>(*out), static_cast<double>(low), static_cast<double>(high));
    return *this;
  }
  /// A list that must hold something where it is given.
  template <class T>
  Object& NotEmpty(std::string_view name, std::vector<T>* out) {
    Field(name, out);
    if (Find(name) != nullptr && out->empty())
      at_.Member(name).Fail("is empty; leave the key out for the default");
    return *this;
  }
  /// The member or null; it is known from now on.
  const Json* Find(std::string_view name);
  const At& at() const { return at_; }
  /// Refuses members that were not asked for.
  void Done();

 private:
  void CheckRange(std::string_view name, double value, double low, double high) const;

  static const Json& Empty();
  const Json& json_;
  At at_;
  std::vector<std::string> known_;
};

/// Parses text; a syntax error and a key that stands twice in one object are Invalid, `origin` first.
arrow::Result<Json> ParseJson(std::string_view text, std::string_view origin);

}  // namespace ndr::spec
