// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/published.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "ndr/base/exit_code.h"
#include "ndr/base/hash.h"
#include "ndr/catalogue/families.h"
#include "ndr/jobs/agreement.h"

namespace ndr::jobs {
namespace {

using arrow::Status;
using base::Micros;
using storage::CommitRecord;

// Slices other than its own of which a delta commit holds rows.
std::set<Micros> OtherSlices(const CommitRecord& record) {
  std::set<Micros> slices;
  if (record.key.family != "delta") return slices;
  for (const storage::FileEntry& file : record.files)
    if (const auto slice = storage::SliceOfPath(file.path); slice && *slice != record.at)
      slices.insert(*slice);
  return slices;
}

// Ids that a message names; beyond them only how many more there are.
constexpr size_t kIdsNamed = 6;

std::string IdsInWords(const std::vector<std::string>& ids) {
  const size_t named = std::min(ids.size(), kIdsNamed);
  std::string words =
      fmt::format("{}", fmt::join(ids.begin(), ids.begin() + static_cast<ptrdiff_t>(named), ", "));
  if (ids.size() > named) words += fmt::format(" and {} more up to {}", ids.size() - named, ids.back());
  return words;
}

// A day more: records may lie in a slice before their batch's own slot. Of references the newest that is not
// after a batch may be of any age.
Micros Earliest(std::string_view family, const Published::Scope& scope) {
  const Micros t = family == "delta" || family == "lookback" ? scope.reach : scope.at;
  return t == INT64_MIN || family == "fg_b" ? INT64_MIN : base::DayStart(t) - base::kMicrosPerDay;
}

}  // namespace

arrow::Result<std::unique_ptr<Published>> Published::Read(const std::string& root,
                                                          const spec::Context& context,
                                                          const std::vector<std::string_view>& families,
                                                          Scope scope) {
  std::unique_ptr<Published> published(new Published());
  published->version_ = context.project.feature_spec_version;
  const storage::CommitLog log(root);
  const Micros from = Earliest("delta", scope);
  for (const auto& [family, revision, made_from] : catalogue::kFamilies) {
    if (!families.empty() && std::find(families.begin(), families.end(), family) == families.end()) continue;
    published->templates_[std::string(family)] = MadeToday(context, family);
    ARROW_ASSIGN_OR_RAISE(auto records, log.ReadAll(family, published->version_, Earliest(family, scope)));
    for (CommitRecord& record : records) published->Put(std::move(record));
  }
  if (scope.reach < scope.at && from != INT64_MIN && published->entries_.contains("delta")) {
    ARROW_ASSIGN_OR_RAISE(published->first_slice_, log.First("delta", published->version_));
    if (published->first_slice_ && *published->first_slice_ < from)
      published->reach_ = base::DayStart(scope.reach);
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

Status Published::CheckAgreement(const CommitRecord& record) const {
  Disagreement differs(templates_.find(record.key.family)->second);
  differs.Compare(record);
  if (differs.empty()) return Status::OK();
  return base::ContractViolation(
      fmt::format("{}/{} of version {} was made under {}. Datasets made under "
                  "different ones do not join: use a new --feature-spec-version, or run its job again with "
                  "--replace",
                  record.key.family, record.key.id, record.key.version, differs.InWords()));
}

Status Published::CheckAgreement(std::string_view family) const {
  std::lock_guard lock(mutex_);
  const Entries* entries = Of(family);
  if (entries == nullptr) return Status::OK();
  Disagreement differs(templates_.find(family)->second);
  for (const auto& [at, entry] : *entries) differs.Compare(entry.record);
  if (differs.empty()) return Status::OK();
  const std::string_view unit = family == "fg_b" ? "reference" : "batch";
  const std::string_view units = family == "fg_b" ? "references" : "batches";
  return base::ContractViolation(fmt::format(
      "{} of {} {} of {}, version {}, {} made under {}. Datasets made under different "
      "ones do not join: use a new --feature-spec-version, or run the job of {} again with --replace, which "
      "recomputes the one {} that it runs on, for each of {}. Counted are those this run looks at; 'ndr spec "
      "diff --root' counts all",
      differs.ids().size(), differs.commits(), differs.commits() == 1 ? unit : units, family, version_,
      differs.ids().size() == 1 ? "was" : "were", differs.InWords(), family, unit,
      IdsInWords(differs.ids())));
}

const Published::Entries* Published::Of(std::string_view family) const {
  const auto of_family = entries_.find(family);
  return of_family == entries_.end() ? nullptr : &of_family->second;
}

const CommitRecord* Published::Find(std::string_view family, Micros at) const {
  std::lock_guard lock(mutex_);
  const Entries* entries = Of(family);
  if (entries == nullptr) return nullptr;
  const auto entry = entries->find(at);
  return entry == entries->end() ? nullptr : &entry->second.record;
}

std::vector<const CommitRecord*> Published::Range(std::string_view family, Micros from, Micros to) const {
  std::lock_guard lock(mutex_);
  std::vector<const CommitRecord*> records;
  const Entries* entries = Of(family);
  if (entries == nullptr) return records;
  for (auto it = entries->lower_bound(from); it != entries->end() && it->first < to; ++it)
    records.push_back(&it->second.record);
  return records;
}

void Published::Put(CommitRecord record) {
  std::string hash = record.Hash();
  std::lock_guard lock(mutex_);
  const Micros at = record.at;
  Entries& entries = entries_[record.key.family];
  if (const auto before = entries.find(at); before != entries.end()) Forget(before->second.record);
  for (const Micros slice : OtherSlices(record)) stragglers_[slice].insert(at);
  entries.insert_or_assign(at, Entry{std::move(record), std::move(hash)});
}

void Published::Remove(std::string_view family, Micros at) {
  std::lock_guard lock(mutex_);
  const auto of_family = entries_.find(family);
  if (of_family == entries_.end()) return;
  const auto entry = of_family->second.find(at);
  if (entry == of_family->second.end()) return;
  Forget(entry->second.record);
  of_family->second.erase(entry);
}

void Published::Forget(const CommitRecord& record) {
  for (const Micros slice : OtherSlices(record)) {
    stragglers_[slice].erase(record.at);
    if (stragglers_[slice].empty()) stragglers_.erase(slice);
  }
}

std::set<Micros> Published::SlotsHolding(Micros from, Micros to, Micros last_slot) const {
  std::set<Micros> slots;
  const Entries* entries = Of("delta");
  if (entries == nullptr) return slots;
  for (auto it = entries->lower_bound(from); it != entries->end() && it->first < to; ++it)
    if (it->first <= last_slot) slots.insert(slots.end(), it->first);
  for (auto it = stragglers_.lower_bound(from); it != stragglers_.end() && it->first < to; ++it)
    for (const Micros slot : it->second)
      if (slot <= last_slot) slots.insert(slot);
  return slots;
}

std::vector<const CommitRecord*> Published::Holding(Micros from, Micros to, Micros last_slot) const {
  std::lock_guard lock(mutex_);
  std::vector<const CommitRecord*> records;
  for (const Micros slot : SlotsHolding(from, to, last_slot))
    records.push_back(&Of("delta")->at(slot).record);
  return records;
}

std::optional<Micros> Published::FirstSlice() const {
  std::lock_guard lock(mutex_);
  const Entries* entries = Of("delta");
  if (entries == nullptr || entries->empty()) return std::nullopt;
  return std::min(entries->begin()->first, first_slice_.value_or(INT64_MAX));
}

std::optional<Micros> Published::FirstRows(Micros last_slot) const {
  std::lock_guard lock(mutex_);
  const Entries* entries = Of("delta");
  if (entries == nullptr || entries->empty() || entries->begin()->first > last_slot) return std::nullopt;
  const Micros first = entries->begin()->first;
  if (reach_ != INT64_MIN) return reach_;
  for (const auto& [slice, slots] : stragglers_) {
    if (slice >= first) break;
    if (*slots.begin() <= last_slot) return slice;
  }
  return first;
}

bool Published::Straggles(Micros slot) const {
  const CommitRecord* record = Find("delta", slot);
  return record != nullptr && !OtherSlices(*record).empty();
}

storage::InputEntry Published::AsInput(const CommitRecord& record) {
  return {record.key.family + "/" + record.key.id, record.rows(), record.Hash()};
}

storage::InputEntry Published::RangeAsInput(std::string_view family, Micros from, Micros to) const {
  std::lock_guard lock(mutex_);
  base::Sha256 hash;
  int64_t commits = 0;
  if (const Entries* entries = Of(family))
    for (auto it = entries->lower_bound(from); it != entries->end() && it->first < to; ++it, ++commits)
      hash.Update(it->second.hash);
  return {std::string(family) + "/" + base::FormatCompact(from) + ".." + base::FormatCompact(to), commits,
          hash.Hex()};
}

storage::InputEntry Published::DeltaAsInput(Micros from, Micros to, Micros last_slot) const {
  std::lock_guard lock(mutex_);
  base::Sha256 hash;
  const std::set<Micros> slots = SlotsHolding(from, to, last_slot);
  for (const Micros slot : slots) hash.Update(Of("delta")->at(slot).hash);
  return {"delta/" + base::FormatCompact(from) + ".." + base::FormatCompact(to),
          static_cast<int64_t>(slots.size()), hash.Hex()};
}

}  // namespace ndr::jobs
