// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/description.h"

#include <fmt/format.h>

#include <algorithm>

#include "ndr/catalogue/catalogue.h"

namespace ndr::spec {

void Limits::Check(const Json& json, const At& at) const {
  if (not_empty && json.is_structured() && json.empty())
    at.Fail("is empty; leave the key out for the default");
  if (!json.is_number()) return;
  const auto value = json.get<double>();
  if (above && !(value > *above)) at.Fail(fmt::format("{} is not above {}", value, *above));
  if (low && high && !(*low <= value && value <= *high))
    at.Fail(fmt::format("{} is not within {} to {}", value, *low, *high));
  if (low && !high && !(*low <= value)) at.Fail(fmt::format("{} is below {}", value, *low));
}

void Limits::AddTo(Json* schema) const {
  if (low) (*schema)["minimum"] = NumberJson(*low);
  if (high) (*schema)["maximum"] = NumberJson(*high);
  if (above) (*schema)["exclusiveMinimum"] = NumberJson(*above);
  if (not_empty) (*schema)[schema->value("type", "") == "object" ? "minProperties" : "minItems"] = 1;
}

std::string Limits::InWords() const {
  if (low && high) return fmt::format("{} to {}", *low, *high);
  if (low) return fmt::format("at least {}", *low);
  if (above) return fmt::format("above {}", *above);
  return not_empty ? "not empty" : "";
}

Key& Key::Within(double low, double high) { return limits.low = low, limits.high = high, *this; }
Key& Key::AtLeast(double low) { return limits.low = low, *this; }
Key& Key::Above(double above) { return limits.above = above, *this; }
Key& Key::NotEmpty() { return limits.not_empty = true, *this; }
Key& Key::Required() { return required = true, *this; }
Key& Key::Never() { return acts = Acts::kNever, *this; }

Key& Keys::AddKey(std::string_view name, std::string_view sentence) {
  Key& key = *keys_.emplace_back(std::make_unique<Key>());
  key.name = name;
  key.path = path_.empty() ? key.name : path_ + "." + key.name;
  key.sentence = sentence;
  key.acts = acts_;
  key.overridden_by = overridden_by_;
  return key;
}

Keys* Keys::Group(std::string_view name, std::string_view sentence) {
  Key& key = AddKey(name, sentence);
  key.members = std::make_unique<Keys>(key.path, acts_, overridden_by_);
  return key.members.get();
}

void Keys::Read(const Json& json, const At& at) const {
  if (!json.is_object()) return at.Expected("an object", json);
  for (const auto& key : keys_) {
    const At there = at.Member(key->name);
    const auto member = json.find(key->name);
    if (member == json.end()) {
      if (key->required) there.Fail("is missing");
      continue;
    }
    if (key->members) {
      key->members->Read(*member, there);
    } else {
      key->read(*member, there);
      key->limits.Check(*member, there);
    }
  }
  for (const auto& member : json.items()) {
    const bool known =
        std::any_of(keys_.begin(), keys_.end(), [&](const auto& key) { return key->name == member.key(); });
    if (!known) ReadUnknown(member.key(), at);
  }
  if (finally_) finally_(json, at);
}

void Keys::ReadUnknown(const std::string& name, const At& at) const {
  const std::string why = explain_ ? explain_(name) : "";
  if (!why.empty()) return at.problems->Add(at.Member(name).path + " " + why);
  std::vector<std::string> known;
  for (const auto& key : keys_) known.push_back(key->name);
  const std::string nearest = catalogue::Nearest(name, known);
  at.Member(name).Complain("unknown key; " + (nearest.empty()
                                                  ? fmt::format("known are {}", fmt::join(known, ", "))
                                                  : fmt::format("did you mean '{}'?", nearest)));
}

Json Keys::Write() const {
  Json json = Json::object();
  for (const auto& key : keys_) {
    Json value = key->members ? key->members->Write() : key->write();
    if (!value.is_null()) json[key->name] = std::move(value);
  }
  return json;
}

void Keys::Take(Keys* other, const std::function<bool(const Key&)>& wanted) {
  for (auto& key : other->keys_)
    if (wanted(*key)) keys_.push_back(std::move(key));
  std::erase(other->keys_, nullptr);
}

std::vector<const Key*> Keys::Leaves() const {
  std::vector<const Key*> leaves;
  for (const auto& key : keys_) {
    if (!key->members) {
      leaves.push_back(key.get());
      continue;
    }
    const auto below = key->members->Leaves();
    leaves.insert(leaves.end(), below.begin(), below.end());
  }
  return leaves;
}

const Key* Keys::Find(std::string_view path) const {
  for (const auto& key : keys_) {
    if (key->path == path) return key.get();
    if (key->members && path.starts_with(key->path + ".")) return key->members->Find(path);
  }
  return nullptr;
}

}  // namespace ndr::spec
