// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/published.h"

#include "ndr/base/hash.h"

namespace ndr::jobs {
namespace {

using base::Micros;
using storage::CommitRecord;

constexpr std::string_view kFamilies[] = {"delta",     "pair_counts", "lookback", "fg_a",
                                          "fg_a_wide", "fg_b",        "fg_c"};

}  // namespace

arrow::Result<std::unique_ptr<Published>> Published::Read(const std::string& root,
                                                          const spec::Context& context) {
  std::unique_ptr<Published> published(new Published());
  published->version_ = context.project.feature_spec_version;
  const storage::CommitLog log(root);
  for (const std::string_view family : kFamilies) {
    CommitRecord& today = published->templates_[std::string(family)];
    today.schema_hash = storage::SchemaHash(*context.catalogue, family);
    today.catalogue_hash = context.catalogue->hash();
    today.configuration_hash = spec::ConfigurationHash(context.project, family);
    today.configuration = spec::ActingKeys(context.project, family);
    ARROW_ASSIGN_OR_RAISE(auto records, log.ReadAll(family, published->version_));
    for (CommitRecord& record : records) published->Put(std::move(record));
  }
  return published;
}

CommitRecord Published::Draft(std::string_view family, std::string id, Micros at) const {
  CommitRecord record = templates_.find(family)->second;
  record.key = {std::string(family), version_, std::move(id)};
  record.at = at;
  return record;
}

bool Published::IsCurrent(const CommitRecord& draft) const {
  const CommitRecord* there = Find(draft.key.family, draft.at);
  if (there == nullptr || there->key.id != draft.key.id || there->inputs != draft.inputs) return false;
  for (const auto& [name, value] : draft.facts) {
    const auto fact = there->facts.find(name);
    if (fact == there->facts.end() || fact->second != value) return false;
  }
  return there->schema_hash == draft.schema_hash && there->catalogue_hash == draft.catalogue_hash &&
         there->configuration_hash == draft.configuration_hash;
}

const CommitRecord* Published::Find(std::string_view family, Micros at) const {
  std::lock_guard lock(mutex_);
  const auto of_family = entries_.find(family);
  if (of_family == entries_.end()) return nullptr;
  const auto entry = of_family->second.find(at);
  return entry == of_family->second.end() ? nullptr : &entry->second.record;
}

std::vector<const CommitRecord*> Published::Range(std::string_view family, Micros from, Micros to) const {
  std::lock_guard lock(mutex_);
  std::vector<const CommitRecord*> records;
  const auto of_family = entries_.find(family);
  if (of_family == entries_.end()) return records;
  for (auto it = of_family->second.lower_bound(from); it != of_family->second.end() && it->first < to; ++it)
    records.push_back(&it->second.record);
  return records;
}

void Published::Put(CommitRecord record) {
  std::string hash = record.Hash();
  std::lock_guard lock(mutex_);
  const Micros at = record.at;
  auto& of_family = entries_[record.key.family];
  of_family.insert_or_assign(at, Entry{std::move(record), std::move(hash)});
}

void Published::Remove(std::string_view family, Micros at) {
  std::lock_guard lock(mutex_);
  const auto of_family = entries_.find(family);
  if (of_family != entries_.end()) of_family->second.erase(at);
}

storage::InputEntry Published::AsInput(const CommitRecord& record) {
  return {record.key.family + "/" + record.key.id, record.rows(), record.Hash()};
}

storage::InputEntry Published::RangeAsInput(std::string_view family, Micros from, Micros to) const {
  std::lock_guard lock(mutex_);
  base::Sha256 hash;
  int64_t commits = 0;
  const auto of_family = entries_.find(family);
  if (of_family != entries_.end()) {
    for (auto it = of_family->second.lower_bound(from); it != of_family->second.end() && it->first < to;
         ++it, ++commits)
      hash.Update(it->second.hash);
  }
  return {std::string(family) + "/" + base::FormatCompact(from) + ".." + base::FormatCompact(to), commits,
          hash.Hex()};
}

}  // namespace ndr::jobs
