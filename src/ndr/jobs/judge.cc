// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/judge.h"

#include <fmt/format.h>

#include "ndr/base/exit_code.h"
#include "ndr/jobs/fg_b_builder.h"
#include "ndr/storage/dataset_reader.h"

namespace ndr::jobs {

using base::Micros;
using catalogue::Dataset;

arrow::Result<const storage::CommitRecord*> ChooseReference(const RunState& run, Micros slot,
                                                            std::optional<Micros> named, bool anew) {
  if (named) {
    if (const storage::CommitRecord* commit = run.published->Find("fg_b", *named)) return commit;
    return base::ContractViolation(
        fmt::format("there is no reference {}; build it with `ndr fg-b --reference-time-iso {}`",
                    base::FormatCompact(*named), base::FormatInstant(*named)));
  }
  if (const storage::CommitRecord* before = run.published->Find("fg_c", slot); before != nullptr && !anew) {
    if (before->reference.empty()) return nullptr;
    const auto at = base::ParseCompact(before->reference);
    if (at)
      if (const storage::CommitRecord* commit = run.published->Find("fg_b", *at)) return commit;
    return base::ContractViolation(fmt::format(
        "the reference {} that fg_c/{} was judged by is gone; --replace judges by the newest there is",
        before->reference, before->key.id));
  }
  const auto references = run.published->Range("fg_b", INT64_MIN, slot + 1);
  return references.empty() ? nullptr : references.back();
}

arrow::Result<std::shared_ptr<const reference::Reference>> LoadReference(const std::string& root,
                                                                         const spec::Context& context,
                                                                         const storage::CommitRecord& commit,
                                                                         TimeBands bands) {
  reference::Builder builder(context.catalogue, commit.at, bands);
  for (const auto& [name, value] : commit.facts) {
    if (!name.starts_with(kHorizonFact)) continue;
    const std::string label = name.substr(kHorizonFact.size());
    if (!commit.facts.contains("share." + label)) continue;  // left out
    const size_t dots = value.find("..");
    const auto start = base::ParseCivil(value.substr(0, dots)),
               end = base::ParseCivil(value.substr(dots + 2));
    if (!start || !end)
      return base::ContractViolation("the commit of reference " + commit.key.id + " has an ill-formed " +
                                     name);
    const size_t horizon = builder.AddHorizon(label, start->micros, end->micros);
    for (const Dataset table : {Dataset::kFgBHost, Dataset::kFgBSegment, Dataset::kFgBGlobal,
                                Dataset::kIpMetadata, Dataset::kPairHost, Dataset::kPairSegment}) {
      ARROW_ASSIGN_OR_RAISE(const auto batches,
                            storage::ReadCommitted(root, *context.catalogue, commit, table, label));
      for (const auto& batch : batches) ARROW_RETURN_NOT_OK(builder.Add(horizon, table, *batch));
    }
  }
  return builder.Finish();
}

namespace {

constexpr int64_t kBytesPerStatistics = 64;  // of a host row's metric
constexpr int64_t kReferenceShare = 4;       // of the memory

bool FitsWhole(const RunState& run, const storage::CommitRecord& commit) {
  int64_t rows = 0;
  for (const storage::FileEntry& file : commit.FilesOf(Dataset::kFgBHost)) rows += file.rows;
  const auto metrics = static_cast<int64_t>(run.context->catalogue->baselined().size());
  return rows * metrics * kBytesPerStatistics <= run.memory_bytes / kReferenceShare;
}

// The band of the slot and that of the same hours of the other kind of day.
TimeBands BandsOf(const spec::Context& context, Micros slot) {
  const base::TimeBand band = context.calendar.At(slot).time_band;
  TimeBands bands;
  bands.set(static_cast<size_t>(band));
  bands.set(static_cast<size_t>(base::OtherDay(band)));
  return bands;
}

}  // namespace

Judge::Judge(const RunState& run, storage::CommitRecord commit, bool one_batch)
    : run_(run), commit_(std::move(commit)), whole_(!one_batch && FitsWhole(run, commit_)) {}

arrow::Status Judge::MoveTo(Micros slot) {
  const TimeBands needed = BandsOf(*run_.context, slot);
  if (reference_ != nullptr && (needed & ~held_).none()) return arrow::Status::OK();
  StepTimer timer(run_.report, "load reference");
  correlator_.reset();
  reference_.reset();
  held_ = whole_ ? ~TimeBands() : needed;
  ARROW_ASSIGN_OR_RAISE(reference_, LoadReference(run_.root(), *run_.context, commit_, held_));
  ARROW_ASSIGN_OR_RAISE(correlator_, correlation::Correlator::Make(run_.context, reference_));
  return arrow::Status::OK();
}

}  // namespace ndr::jobs
