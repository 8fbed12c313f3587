// SPDX-License-Identifier: Apache-2.0
// The description of a specification's keys: what each is called, where its value lives, its form, its
// limits, one sentence, on which datasets it acts and which job may override it. It is bound to an instance,
// so that it reads JSON into it and writes it back. Parsing, checking, hashes, complete documents, JSON
// Schemas and docs/job-spec.md all come from it.
//
//   void DescribeKeys(Lookback* out, Keys* keys) {
//     keys->Add<form::Whole<int>>("days", &out->days, "Days before a window ...").Within(1, 366);
//   }
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/spec/job_spec.h"
#include "ndr/spec/json_object.h"

namespace ndr::spec {

/// What messages, schemas and documents say of a value.
struct Form {
  std::string one;   ///< a whole number
  std::string many;  ///< whole numbers
  Json schema;       ///< {"type": "integer"}
};

/// The first dataset on which a key acts; it acts on all that is made from it too.
enum class Acts : uint8_t { kDelta, kFgA, kFgB, kFgC, kNever };

/// What a value must keep to besides its form.
struct Limits {
  std::optional<double> low, high, above;
  bool not_empty = false;

  void Check(const Json& json, const At& at) const;
  /// Adds minimum, maximum, ... to a schema.
  void AddTo(Json* schema) const;
  /// `1 to 366`; empty: none.
  std::string InWords() const;
};

class Keys;

/// One key, or a group of keys: an object in the document.
struct Key {
  std::string name, path, sentence;
  Form (*form)() = nullptr;
  Acts acts = Acts::kNever;
  std::optional<Job> overridden_by;  ///< the job whose spec may set it too
  Limits limits;
  bool required = false;  ///< of an element of a list
  std::function<void(const Json&, const At&)> read;
  std::function<Json()> write;    ///< null: the value is absent
  std::unique_ptr<Keys> members;  ///< of a group; else null

  Key& Within(double low, double high);
  Key& AtLeast(double low);
  Key& Above(double above);
  Key& NotEmpty();
  Key& Required();
  /// It changes no data: names, limits that only fail, what is only kept or shown.
  Key& Never();
};

/// The keys of one object, bound to an instance that outlives them.
class Keys {
 public:
  explicit Keys(std::string path = {}, Acts acts = Acts::kNever, std::optional<Job> overridden_by = {})
      : path_(std::move(path)), acts_(acts), overridden_by_(overridden_by) {}

  /// `Form` (forms.h) reads, writes and describes values of the target's type.
  template <class FormOf>
  Key& Add(std::string_view name, typename FormOf::Type* target, std::string_view sentence) {
    Key& key = AddKey(name, sentence);
    key.form = &FormOf::Describe;
    key.read = [target](const Json& json, const At& at) { FormOf::Read(json, at, target); };
    key.write = [target] { return FormOf::Write(*target); };
    return key;
  }
  /// An object within this one; what it says of datasets and jobs holds for its members.
  Keys* Group(std::string_view name, std::string_view sentence);
  /// What holds for the keys that are added from now on.
  void From(Acts acts, std::optional<Job> overridden_by = {}) {
    acts_ = acts, overridden_by_ = overridden_by;
  }
  /// A check of the whole object, after its keys were read.
  void Finally(std::function<void(const Json&, const At&)> check) { finally_ = std::move(check); }
  /// Says why an unknown key is refused even where reading is lenient; empty: it is only unknown.
  void ExplainUnknown(std::function<std::string(const std::string&)> explain) {
    explain_ = std::move(explain);
  }

  /// Reads what an object holds; the targets of absent keys stay as they are.
  void Read(const Json& json, const At& at) const;
  /// The complete object, every key with its value.
  Json Write() const;
  /// Takes over those keys of another object of which `wanted` holds.
  void Take(Keys* other, const std::function<bool(const Key&)>& wanted);

  const std::vector<std::unique_ptr<Key>>& keys() const { return keys_; }
  /// Every key that is no group, in order.
  std::vector<const Key*> Leaves() const;
  /// By path; null where there is none. Groups are found too.
  const Key* Find(std::string_view path) const;

 private:
  Key& AddKey(std::string_view name, std::string_view sentence);
  void ReadUnknown(const std::string& name, const At& at) const;

  std::string path_;
  Acts acts_;
  std::optional<Job> overridden_by_;
  std::vector<std::unique_ptr<Key>> keys_;
  std::function<void(const Json&, const At&)> finally_;
  std::function<std::string(const std::string&)> explain_;
};

}  // namespace ndr::spec
