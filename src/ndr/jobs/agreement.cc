// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/agreement.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ndr::jobs {
namespace {

constexpr char kAbsent[] = "absent";

const std::string& ValueOf(const std::map<std::string, std::string>& keys, const std::string& key) {
  static const std::string absent = kAbsent;
  const auto value = keys.find(key);
  return value == keys.end() ? absent : value->second;
}

}  // namespace

storage::CommitRecord MadeToday(const spec::Context& context, std::string_view family) {
  storage::CommitRecord today;
  today.schema_hash = storage::SchemaHash(*context.catalogue, family);
  today.catalogue_hash = context.catalogue->hash(family);
  today.configuration_hash = spec::ConfigurationHash(context.project, family);
  today.configuration = spec::ActingKeys(context.project, family);
  return today;
}

void Disagreement::Compare(const storage::CommitRecord& record) {
  ++commits_;
  if (record.schema_hash == today_.schema_hash && record.catalogue_hash == today_.catalogue_hash &&
      record.configuration_hash == today_.configuration_hash)
    return;
  ids_.push_back(record.key.id);
  for (const auto* keys : {&record.configuration, &today_.configuration})
    for (const auto& [key, value] : *keys)
      if (ValueOf(record.configuration, key) != ValueOf(today_.configuration, key))
        there_[key].insert(ValueOf(record.configuration, key));
}

std::string Disagreement::InWords() const {
  return there_.empty() ? KeysInWords() : "another configuration: " + KeysInWords();
}

std::string Disagreement::KeysInWords() const {
  if (there_.empty()) return "the formulas of another release of ndr, with the same keys";
  std::vector<std::string> words;
  for (const auto& [key, values] : there_)
    words.push_back(fmt::format("{} (there {}, now {})", key, fmt::join(values, " or "),
                                ValueOf(today_.configuration, key)));
  return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace ndr::jobs
