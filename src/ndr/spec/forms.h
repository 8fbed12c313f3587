// SPDX-License-Identifier: Apache-2.0
// Forms of values: how each reads JSON, writes it back and is told to people and editors. A form is a type
// with
//   using Type;  static void Read(const Json&, const At&, Type*);  static Json Write(const Type&);  static
//   Form Describe();
// What Write gives is canonical: sets stand sorted, so equal values are equal texts.
#pragma once

#include <limits>
#include <string>
#include <string_view>

#include "ndr/base/address.h"
#include "ndr/base/calendar.h"
#include "ndr/base/network.h"
#include "ndr/spec/description.h"

namespace ndr::spec {

namespace form {

struct Text {
  using Type = std::string;
  static void Read(const Json& json, const At& at, std::string* out);
  static Json Write(const std::string& value) { return value; }
  static Form Describe();
};

/// A text that may stand in paths.
struct Name : Text {
  static void Read(const Json& json, const At& at, std::string* out);
  static Form Describe();
};

/// A text that can only be this one.
struct Constant {
  using Type = const std::string_view;
  static void Read(const Json& json, const At& at, const std::string_view* out);
  static Json Write(std::string_view value) { return std::string(value); }
  static Form Describe();
};

/// `$schema`: for editors; nothing is done with it.
struct SchemaLink {
  struct Nothing {};
  using Type = const Nothing;
  static void Read(const Json& json, const At& at, Type* out);
  static Json Write(Type&) { return nullptr; }
  static Form Describe();
};
inline constexpr SchemaLink::Nothing kNoLink;

struct Flag {
  using Type = bool;
  static void Read(const Json& json, const At& at, bool* out);
  static Json Write(bool value) { return value; }
  static Form Describe();
};

/// A whole number that fits.
bool ReadWhole(const Json& json, const At& at, int64_t low, int64_t high, int64_t* out);
template <class T>
struct Whole {
  using Type = T;
  static void Read(const Json& json, const At& at, T* out) {
    int64_t wide = 0;
    if (ReadWhole(json, at, std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), &wide))
      *out = static_cast<T>(wide);
  }
  static Json Write(T value) { return value; }
  static Form Describe() { return {"a whole number", "whole numbers", {{"type", "integer"}}}; }
};

/// A whole number from 0 on.
struct Count : Whole<int64_t> {
  static void Read(const Json& json, const At& at, int64_t* out);
  static Form Describe();
};

struct Number {
  using Type = double;
  static void Read(const Json& json, const At& at, double* out);
  static Json Write(double value) { return NumberJson(value); }
  static Form Describe();
};

/// A number of some unit, kept as microseconds.
template <base::Micros unit>
struct LengthIn {
  using Type = base::Micros;
  static void Read(const Json& json, const At& at, base::Micros* out) {
    double value = static_cast<double>(*out) / static_cast<double>(unit);
    Number::Read(json, at, &value);
    *out = static_cast<base::Micros>(value * static_cast<double>(unit));
  }
  static Json Write(base::Micros value) {
    return NumberJson(static_cast<double>(value) / static_cast<double>(unit));
  }
  static Form Describe() { return Number::Describe(); }
};

struct Port {
  using Type = uint16_t;
  static void Read(const Json& json, const At& at, uint16_t* out);
  static Json Write(uint16_t value) { return value; }
  static Form Describe();
};

struct Network {
  using Type = base::Cidr;
  static void Read(const Json& json, const At& at, base::Cidr* out);
  static Json Write(const base::Cidr& value) { return ToText(value); }
  static Form Describe();
};

struct Zone : Text {
  static void Read(const Json& json, const At& at, std::string* out);
  static Form Describe();
};

/// A day of the week, 1 = Monday, written MON to SUN.
struct Day {
  using Type = int;
  static void Read(const Json& json, const At& at, int* out);
  static Json Write(int value);
  static Form Describe();
};

/// Days since 1970-01-01.
struct Date {
  using Type = int64_t;
  static void Read(const Json& json, const At& at, int64_t* out);
  static Json Write(int64_t value);
  static Form Describe();
};

struct HoursOfDay {
  using Type = base::Hours;
  static void Read(const Json& json, const At& at, base::Hours* out);
  static Json Write(const base::Hours& value);
  static Form Describe();
};

}  // namespace form
}  // namespace ndr::spec
