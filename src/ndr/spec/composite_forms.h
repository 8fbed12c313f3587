// SPDX-License-Identifier: Apache-2.0
// Forms made of others: words, lists, sets, maps, objects.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ndr/spec/forms.h"

namespace ndr::spec {

/// The JSON Schema of an object with these keys; its defaults are the values that they are bound to.
Json SchemaOf(const Keys& keys);

namespace form {

/// One of the words of W: `using Type` (an enum or bool, in the words' order), `kWhat`, `kWords`.
template <class W>
struct OneOf {
  using Type = typename W::Type;
  static void Read(const Json& json, const At& at, Type* out) {
    std::string name;
    Text::Read(json, at, &name);
    const auto found = std::find(std::begin(W::kWords), std::end(W::kWords), name);
    if (found == std::end(W::kWords))
      return at.Unknown(name, W::kWhat, {std::begin(W::kWords), std::end(W::kWords)});
    *out = static_cast<Type>(found - std::begin(W::kWords));
  }
  static Json Write(Type value) { return std::string(W::kWords[static_cast<size_t>(value)]); }
  static Form Describe() {
    Form form{"one of ", "", {{"enum", Json::array()}}};
    for (const std::string_view word : W::kWords) {
      form.one += (form.schema["enum"].empty() ? "`" : ", `") + std::string(word) + "`";
      form.schema["enum"].push_back(word);
    }
    form.many = "words, each " + form.one;
    return form;
  }
};

template <class F>
struct ListOf {
  using Type = std::vector<typename F::Type>;
  static void Read(const Json& json, const At& at, Type* out) {
    if (!json.is_array()) return at.Expected(Describe().one, json);
    out->clear();
    for (size_t i = 0; i < json.size(); ++i) F::Read(json[i], at.Element(i), &out->emplace_back());
  }
  static Json Write(const Type& value) {
    Json list = Json::array();
    for (const auto& element : value) list.push_back(F::Write(element));
    return list;
  }
  static Form Describe() {
    const Form form = F::Describe();
    const std::string list = "a list of " + form.many;
    return {list, "lists of " + form.many, {{"type", "array"}, {"items", form.schema}}};
  }
};

/// A list whose order says nothing.
template <class F>
struct SetOf : ListOf<F> {
  static Json Write(const typename ListOf<F>::Type& value) {
    Json list = ListOf<F>::Write(value);
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
  }
};

template <class F>
struct MapOf {
  using Type = std::map<std::string, typename F::Type>;
  static void Read(const Json& json, const At& at, Type* out) {
    if (!json.is_object()) return at.Expected(Describe().one, json);
    out->clear();
    for (const auto& member : json.items())
      F::Read(member.value(), at.Member(member.key()), &(*out)[member.key()]);
  }
  static Json Write(const Type& value) {
    Json object = Json::object();
    for (const auto& [name, element] : value) object[name] = F::Write(element);
    return object;
  }
  static Form Describe() {
    const Form form = F::Describe();
    return {"an object of " + form.many,
            "objects of " + form.many,
            {{"type", "object"}, {"additionalProperties", form.schema}}};
  }
};

/// Absent in JSON where there is none.
template <class F>
struct Optional {
  using Type = std::optional<typename F::Type>;
  static void Read(const Json& json, const At& at, Type* out) { F::Read(json, at, &out->emplace()); }
  static Json Write(const Type& value) { return value ? F::Write(*value) : Json(); }
  static Form Describe() { return F::Describe(); }
};

/// A struct with a DescribeKeys(T*, Keys*) of its own, as an element of a list. W: `kOne` and `kMany`, its
/// names.
template <class T, class W>
struct ObjectOf {
  using Type = T;
  static void Read(const Json& json, const At& at, T* out) {
    Keys keys;
    DescribeKeys(out, &keys);
    keys.Read(json, at);
  }
  static Json Write(T value) {
    Keys keys;
    DescribeKeys(&value, &keys);
    return keys.Write();
  }
  static Form Describe() {
    T value{};
    Keys keys;
    DescribeKeys(&value, &keys);
    return {std::string(W::kOne), std::string(W::kMany), SchemaOf(keys)};
  }
};

template <class T>
std::vector<T> None() {
  return {};
}
/// F, of which a value that equals `Default()` is read as `Meaning()`: naming the default is the same as
/// leaving it out. An empty list is written as the default.
template <class F, auto Default, auto Meaning>
struct ByDefault : F {
  static void Read(const Json& json, const At& at, typename F::Type* out) {
    F::Read(json, at, out);
    if (F::Write(*out) == F::Write(Default())) *out = Meaning();
  }
  static Json Write(const typename F::Type& value) { return F::Write(value.empty() ? Default() : value); }
};

}  // namespace form
}  // namespace ndr::spec
