// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/key_words.h"

namespace ndr::spec {

std::string FormInWords(const Key& key) {
  const std::string limits = key.limits.InWords();
  return key.form().one + (limits.empty() ? "" : ", " + limits);
}

std::string_view ActsOn(Acts acts) {
  switch (acts) {
    case Acts::kDelta:
      return "delta, pair_counts, lookback, fg_a, fg_b, fg_c";
    case Acts::kFgA:
      return "fg_a, fg_b, fg_c";
    case Acts::kFgB:
      return "fg_b, fg_c";
    case Acts::kFgC:
      return "fg_c";
    case Acts::kNever:
      return "";
  }
  return "";
}

std::string DefaultOf(const Key& key) {
  const Json value = key.write();
  const auto* text = value.get_ptr<const Json::string_t*>();
  const bool absent = value.is_null() || (text != nullptr && text->empty());
  return absent || key.path == "job_name" ? "" : OneLine(value);
}

const Json* ElementsOf(const Json& schema) {
  const auto items = schema.find("items");
  if (items == schema.end() || !items->contains("properties")) return nullptr;
  return &(*items)["properties"];
}

}  // namespace ndr::spec
