// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/project_forms.h"

#include <cmath>
#include <tuple>

#include "ndr/base/name.h"
#include "ndr/catalogue/canonical_fields.h"
#include "ndr/spec/horizons.h"

namespace ndr::spec::form {

void LogWord::Read(const Json& json, const At& at, std::string* out) {
  Text::Read(json, at, out);
  for (char& c : *out)
    c = c == ' ' || c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

Form FieldMapping::Describe() {
  Form form = MapOf<Text>::Describe();
  form.schema["propertyNames"] = {{"enum", catalogue::kFieldNames}};
  return form;
}
void FieldMapping::Read(const Json& json, const At& at, Type* out) {
  MapOf<Text>::Read(json, at, out);
  const std::vector<std::string> known(catalogue::kFieldNames.begin(), catalogue::kFieldNames.end());
  std::map<std::string, std::string> taken;
  for (const std::string& name : known) {
    if (out->contains(name) || name == "duration") continue;
    taken.emplace(name, name);
    if (const size_t underscore = name.find('_'); underscore != std::string::npos)
      taken.emplace(std::string(name).replace(underscore, 1, "."), name);
  }
  for (const auto& [canonical, theirs] : *out) {
    if (std::find(known.begin(), known.end(), canonical) == known.end())
      at.Member(canonical).Unknown(canonical, "canonical field", known);
    else if (const auto [other, is_first] = taken.emplace(theirs, canonical); !is_first)
      at.Member(canonical).Fail("the field '" + theirs + "' is already that of " + other->second +
                                "; name another one, or leave one of the two out");
  }
}

Form SourceZones::Describe() {
  return {"a time zone, or an object of time zones by device",
          "time zones",
          {{"oneOf", {Zone::Describe().schema, MapOf<Zone>::Describe().schema}}}};
}
Json SourceZones::Write(const Type& value) {
  return value.all.empty() ? MapOf<Zone>::Write(value.by_device) : Json(value.all);
}
void SourceZones::Read(const Json& json, const At& at, Type* out) {
  *out = {};
  if (json.is_string()) return Zone::Read(json, at, &out->all);
  if (!json.is_object()) return at.Expected(Describe().one, json);
  MapOf<Zone>::Read(json, at, &out->by_device);
}

Form PortSets::Describe() {
  Form form = MapOf<SetOf<Port>>::Describe();
  form.one = "an object of lists of ports";
  form.schema["propertyNames"] = {{"pattern", "^[A-Z0-9_]+_PORTS$"}};
  return form;
}
Json PortSets::Write(const Type& value) {
  Json sets = Json::object();
  for (const auto& [name, ports] : value) sets[name] = SetOf<Port>::Write(ports);
  return sets;
}
void PortSets::Read(const Json& json, const At& at, Type* out) {
  if (!json.is_object()) return at.Expected(Describe().one, json);
  for (const auto& member : json.items()) {
    auto set = std::find_if(out->begin(), out->end(), [&](const auto& s) { return s.first == member.key(); });
    if (set == out->end()) set = out->insert(out->end(), {member.key(), {}});
    ListOf<Port>::Read(member.value(), at.Member(member.key()), &set->second);
  }
}

Form Windows::Describe() {
  Form form = MapOf<Whole<int>>::Describe();
  form.one = "an object of windows such as {\"w_1h\": 4}";
  form.schema["additionalProperties"]["minimum"] = 1;
  form.schema["additionalProperties"]["maximum"] = catalogue::kMaxWindowSlices;
  return form;
}
Json Windows::Write(Type value) {
  std::sort(value.begin(), value.end(), [](const catalogue::Window& a, const catalogue::Window& b) {
    return std::tie(a.slices, a.label) < std::tie(b.slices, b.label);
  });
  Json windows = Json::object();
  for (const catalogue::Window& window : value) windows[window.label] = window.slices;
  return windows;
}
void Windows::Read(const Json& json, const At& at, Type* out) {
  if (!json.is_object()) return at.Expected(Describe().one, json);
  out->clear();
  for (const auto& member : json.items()) {
    const At there = at.Member(member.key());
    catalogue::Window& window = out->emplace_back(catalogue::Window{member.key(), 0});
    Whole<int>::Read(member.value(), there, &window.slices);
    if (!base::IsName(window.label)) there.Fail("a window is named like w_2h");
  }
}

Json Horizons::Write(std::vector<Horizon> value) {
  std::sort(value.begin(), value.end(), [](const Horizon& a, const Horizon& b) {
    return std::tie(a.length, a.gap, a.label) < std::tie(b.length, b.gap, b.label);
  });
  return ListOf::Write(value);
}
void SliceDays::Read(const Json& json, const At& at, base::Micros* out) {
  double days = 0;
  Number::Read(json, at, &days);
  *out = RoundToSlices(days * base::kMicrosPerDay);
}
void Label::Read(const Json& json, const At& at, std::string* out) {
  Text::Read(json, at, out);
  if (!base::IsName(*out)) at.Fail("'" + *out + "' is no label: letters, digits, '.', '_' and '-'");
}

}  // namespace ndr::spec::form
