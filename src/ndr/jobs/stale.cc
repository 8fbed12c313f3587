// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/stale.h"

#include <fmt/format.h>

#include "ndr/storage/commit.h"

namespace ndr::jobs {
namespace {

using base::Micros;

std::vector<std::string> InWords(const std::string& family,
                                 const std::vector<const storage::CommitRecord*>& stale) {
  if (stale.empty()) return {};
  const std::string_view unit = family == "fg_b" ? "reference" : "batch",
                         units = family == "fg_b" ? "references" : "batches";
  if (stale.size() == 1)
    return {
        fmt::format("stale, since what it was made from changed: the {} {} of {}; run it again, or replay",
                    unit, stale.front()->key.id, family)};
  return {fmt::format(
      "stale, since what they were made from changed: {} {} of {}, {} to {}; run them again, or replay",
      stale.size(), units, family, stale.front()->key.id, stale.back()->key.id)};
}

}  // namespace

arrow::Result<std::vector<std::string>> StaleAfterDelta(const std::string& root, const spec::Context& context,
                                                        Micros slot) {
  const storage::CommitLog log(root);
  const std::string& version = context.project.feature_spec_version;
  const Micros reach = context.catalogue->windows().back().slices * base::kSliceMicros +
                       context.project.lookback.days * base::kMicrosPerDay +
                       context.project.data_quality.allowed_lateness;
  std::vector<std::string> notes;
  for (const std::string family : {"pair_counts", "fg_a", "fg_c", "fg_b"}) {
    ARROW_ASSIGN_OR_RAISE(const auto records, log.ReadAll(family, version, slot));
    std::vector<const storage::CommitRecord*> stale;
    for (const storage::CommitRecord& record : records) {
      const bool touched = family == "pair_counts" ? record.at == slot
                           : family == "fg_b"      ? record.at > slot
                                                   : record.at >= slot && record.at < slot + reach;
      if (touched) stale.push_back(&record);
    }
    for (std::string& note : InWords(family, stale)) notes.push_back(std::move(note));
  }
  return notes;
}

arrow::Result<std::vector<std::string>> StaleAfter(const std::string& root, const spec::Context& context,
                                                   const std::string& input, const std::string& sha256,
                                                   Micros at) {
  ARROW_ASSIGN_OR_RAISE(const auto records,
                        storage::CommitLog(root).ReadAll("fg_c", context.project.feature_spec_version, at));
  std::vector<const storage::CommitRecord*> stale;
  for (const storage::CommitRecord& record : records)
    for (const storage::InputEntry& entry : record.inputs)
      if (entry.name == input && entry.sha256 != sha256) stale.push_back(&record);
  return InWords("fg_c", stale);
}

}  // namespace ndr::jobs
