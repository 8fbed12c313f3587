// SPDX-License-Identifier: Apache-2.0
// Forms that one key of a project has.
#pragma once

#include "ndr/spec/composite_forms.h"
#include "ndr/spec/describe.h"

namespace ndr::spec::form {

/// Words of log fields, compared without case, spaces and underscores as hyphens.
struct LogWord : Text {
  static void Read(const Json& json, const At& at, std::string* out);
};

/// Each canonical name from a field of its own: of two names of one field one would be lost on every row.
struct FieldMapping : MapOf<Text> {
  static void Read(const Json& json, const At& at, Type* out);
  static Form Describe();
};

struct SourceZones {
  using Type = SourceTimezone;
  static void Read(const Json& json, const At& at, Type* out);
  static Json Write(const Type& value);
  static Form Describe();
};

/// Named sets keep their place, others follow in the document's order.
struct PortSets {
  using Type = std::vector<std::pair<std::string, std::vector<uint16_t>>>;
  static void Read(const Json& json, const At& at, Type* out);
  static Json Write(const Type& value);
  static Form Describe();
};

/// Shortest first.
struct Windows {
  using Type = std::vector<catalogue::Window>;
  static void Read(const Json& json, const At& at, Type* out);
  static Json Write(Type value);
  static Form Describe();
};

struct Segment {
  static constexpr std::string_view kOne = "a segment", kMany = "segments";
};
struct HorizonWords {
  static constexpr std::string_view kOne = "a horizon", kMany = "horizons";
};
/// Shortest first.
struct Horizons : ListOf<ObjectOf<Horizon, HorizonWords>> {
  static Json Write(std::vector<Horizon> value);
};
/// Days, rounded to whole slices.
struct SliceDays {
  using Type = base::Micros;
  static void Read(const Json& json, const At& at, base::Micros* out);
  static Json Write(base::Micros value) { return LengthIn<base::kMicrosPerDay>::Write(value); }
  static Form Describe() { return Number::Describe(); }
};
struct Label : Name {
  static void Read(const Json& json, const At& at, std::string* out);
};

/// Metrics in the catalogue's order, those of the project's own port sets by name.
struct Metrics : ListOf<Text> {
  static Json Write(std::vector<std::string> value);
  static Form Describe();
};
struct Transform : Text {
  static void Read(const Json& json, const At& at, std::string* out);
  static Form Describe();
};
/// In the catalogue's order.
struct TransformSet : ListOf<Transform> {
  static Json Write(const std::vector<std::string>& value);
};

/// Not empty: every name begins with nothing.
struct NamePrefix : Text {
  static void Read(const Json& json, const At& at, std::string* out);
  static Form Describe();
};

/// A weight of 1/1000s: sums of them are exact.
struct Thousandths {
  using Type = int;
  static void Read(const Json& json, const At& at, int* out);
  static Json Write(int value) { return NumberJson(value / 1000.); }
  static Form Describe() { return Number::Describe(); }
};

/// A mapping that is named is required unless the document says otherwise.
struct MappingPath {
  using Type = IpMachineMapping;
  static void Read(const Json& json, const At& at, Type* out);
  static Json Write(const Type& value) { return value.path; }
  static Form Describe() { return Text::Describe(); }
};
struct MappingRequired {
  using Type = IpMachineMapping;
  static void Read(const Json& json, const At& at, Type* out);
  static Json Write(const Type& value) { return value.required || value.path.empty(); }
  static Form Describe() { return Flag::Describe(); }
};

/// A score of the same name is replaced, others follow in the document's order.
struct Scores {
  using Type = std::vector<ScoreTerms>;
  static void Read(const Json& json, const At& at, Type* out);
  static Json Write(const Type& value);
  static Form Describe();
};

struct TermWords {
  static constexpr std::string_view kOne = "a term", kMany = "terms";
};
struct IgnoreWords {
  static constexpr std::string_view kOne = "a rule", kMany = "rules";
};
/// One host: a network of one address.
struct HostAddress {
  using Type = std::optional<base::Cidr>;
  static void Read(const Json& json, const At& at, Type* out);
  static Json Write(const Type& value);
  static Form Describe();
};
/// Every other network.
struct HostNetwork : Optional<Network> {
  static Json Write(const Type& value);
};
struct Instant {
  using Type = base::Micros;
  static void Read(const Json& json, const At& at, base::Micros* out);
  static Json Write(base::Micros value) { return base::FormatInstant(value); }
  static Form Describe();
};

struct RoleWords {
  using Type = catalogue::Role;
  static constexpr std::string_view kWhat = "role";
  static constexpr auto& kWords = catalogue::kRoleNames;
};
struct KindWords {
  using Type = catalogue::Kind;
  static constexpr std::string_view kWhat = "kind of finding";
  static constexpr auto& kWords = catalogue::kKindNames;
};
struct DarkHostWords {
  using Type = bool;
  static constexpr std::string_view kWhat = "choice", kWords[] = {"keep", "drop"};
};
struct KeepFgAWords {
  using Type = bool;
  static constexpr std::string_view kWhat = "choice", kWords[] = {"scored", "all"};
};
struct LevelWords {
  using Type = bool;
  static constexpr std::string_view kWhat = "level", kWords[] = {"host", "segment"};
};

}  // namespace ndr::spec::form
