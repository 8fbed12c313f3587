// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/forms.h"

#include <fmt/format.h>

#include "ndr/base/name.h"

namespace ndr::spec {

namespace form {

Form Text::Describe() { return {"text", "texts", {{"type", "string"}}}; }
void Text::Read(const Json& json, const At& at, std::string* out) {
  if (!json.is_string()) return at.Expected("text", json);
  *out = json.get<std::string>();
}

Form Name::Describe() {
  return {"a name", "names", {{"type", "string"}, {"pattern", "^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$"}}};
}
void Name::Read(const Json& json, const At& at, std::string* out) {
  Text::Read(json, at, out);
  if (json.is_string() && !base::IsName(*out)) at.Fail(base::NoName(*out));
}

Form Constant::Describe() { return Text::Describe(); }
void Constant::Read(const Json& json, const At& at, const std::string_view* out) {
  std::string text;
  Text::Read(json, at, &text);
  if (json.is_string() && text != *out) at.Fail(fmt::format("is '{}'; here it is '{}'", text, *out));
}

Form SchemaLink::Describe() { return Text::Describe(); }
void SchemaLink::Read(const Json& json, const At& at, Type*) {
  if (!json.is_string()) at.Expected("text", json);
}

Form Flag::Describe() { return {"true or false", "flags", {{"type", "boolean"}}}; }
void Flag::Read(const Json& json, const At& at, bool* out) {
  if (!json.is_boolean()) return at.Expected("true or false", json);
  *out = json.get<bool>();
}

bool ReadWhole(const Json& json, const At& at, int64_t low, int64_t high, int64_t* out) {
  const bool fits =
      json.is_number_integer() && (!json.is_number_unsigned() || json.get<uint64_t>() <= INT64_MAX);
  if (!fits) return at.Expected("a whole number", json), false;
  *out = json.get<int64_t>();
  if (*out < low || *out > high) return at.Expected("a smaller number", json), false;
  return true;
}

namespace {
constexpr Limits kFromZero{0.0, {}, {}, false};
}  // namespace

Form Count::Describe() {
  Form form = Whole<int64_t>::Describe();
  kFromZero.AddTo(&form.schema);
  return form;
}
void Count::Read(const Json& json, const At& at, int64_t* out) {
  Whole<int64_t>::Read(json, at, out);
  kFromZero.Check(json, at);
}

Form Number::Describe() { return {"a number", "numbers", {{"type", "number"}}}; }
void Number::Read(const Json& json, const At& at, double* out) {
  if (!json.is_number()) return at.Expected("a number", json);
  *out = json.get<double>();
}

Form Port::Describe() {
  return {"a port number, 0 to 65535", "ports", {{"type", "integer"}, {"minimum", 0}, {"maximum", 65535}}};
}
void Port::Read(const Json& json, const At& at, uint16_t* out) {
  int64_t wide = 0;
  if (!json.is_number_integer() || !ReadWhole(json, at, INT64_MIN, INT64_MAX, &wide) || wide < 0 ||
      wide > 65535)
    return at.Expected(Describe().one, json);
  *out = static_cast<uint16_t>(wide);
}

Form Network::Describe() { return {"a CIDR such as 10.0.0.0/8 or fc00::/7", "CIDRs", {{"type", "string"}}}; }
void Network::Read(const Json& json, const At& at, base::Cidr* out) {
  const auto cidr = json.is_string() ? base::ParseCidr(json.get<std::string>()) : std::nullopt;
  if (!cidr) return at.Expected(Describe().one, json);
  *out = *cidr;
}

}  // namespace form
}  // namespace ndr::spec
