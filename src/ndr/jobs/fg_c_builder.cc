// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/fg_c_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "ndr/base/exit_code.h"
#include "ndr/catalogue/batch.h"
#include "ndr/catalogue/validate.h"
#include "ndr/storage/dataset_reader.h"

namespace ndr::jobs {

using arrow::Status;
using base::kSliceMicros;
using base::Micros;
using catalogue::Dataset;

namespace {

// Rows come by address.
arrow::Result<int64_t> CountHosts(const arrow::RecordBatch& fg_a) {
  ARROW_ASSIGN_OR_RAISE(auto hosts, catalogue::Addresses(fg_a, "host_ip"));
  return std::unique(hosts.begin(), hosts.end()) - hosts.begin();
}

}  // namespace

FgCBuilder::FgCBuilder(const RunState& run, const spec::JobSpec&, const SliceRuntime& runtime)
    : BaseRunner(run, spec::Job::kFgC),
      mini_batch_id_(runtime.mini_batch_id),
      slot_(runtime.batch_start),
      named_(runtime.reference_time),
      anew_(runtime.replace) {}

FgCBuilder::FgCBuilder(const RunState& run, Judge* judge, const WindowCursor* cursor, const FgABuilder* fg_a,
                       std::string mini_batch_id, Micros slot)
    : BaseRunner(run, spec::Job::kFgC),
      judge_(judge),
      cursor_(cursor),
      fg_a_(fg_a),
      mini_batch_id_(std::move(mini_batch_id)),
      slot_(slot),
      reference_(&judge->commit()) {}

arrow::Result<storage::CommitRecord> FgCBuilder::Draft() const {
  const storage::CommitRecord* fg_a = run_.published->Find("fg_a", slot_);
  if (fg_a == nullptr || fg_a->key.id != mini_batch_id_)
    return base::ContractViolation(
        fmt::format("fg_a of mini-batch '{}' (slot {}) is not committed; run `ndr fg-a` for it first",
                    mini_batch_id_, base::FormatInstant(slot_)));
  storage::CommitRecord draft = run_.published->Draft("fg_c", mini_batch_id_, slot_);
  draft.inputs = {Published::AsInput(*fg_a)};
  if (reference_ == nullptr) {
    draft.facts["no_reference"] = "true";
    return draft;
  }
  draft.inputs.push_back(Published::AsInput(*reference_));
  draft.reference = reference_->key.id;
  return draft;
}

arrow::Result<bool> FgCBuilder::IsCurrent() {
  if (fg_a_ == nullptr) {
    ARROW_ASSIGN_OR_RAISE(reference_, ChooseReference(run_, slot_, named_, anew_));
  }
  ARROW_ASSIGN_OR_RAISE(const storage::CommitRecord draft, Draft());
  return run_.published->IsCurrent(draft);
}

Status FgCBuilder::ReadAlone() {
  const catalogue::Catalogue& catalogue = *run_.context->catalogue;
  const storage::CommitRecord* fg_a = run_.published->Find("fg_a", slot_);
  ARROW_ASSIGN_OR_RAISE(const auto batches,
                        storage::ReadCommitted(run_.root(), catalogue, *fg_a, Dataset::kFgA));
  ARROW_ASSIGN_OR_RAISE(rows_, catalogue::Concatenate(catalogue.Schema(Dataset::kFgA), batches));
  if (reference_ == nullptr) return Status::OK();
  ARROW_RETURN_NOT_OK(run_.published->CheckAgreement(*reference_));
  own_judge_ = std::make_unique<Judge>(run_, *reference_, true);
  judge_ = own_judge_.get();
  // Of the pairs only the longest window acts: nothing before it is read.
  history_ = std::make_unique<StoredHistory>(run_.root(), run_.context, run_.published);
  history_->SeeAs(slot_);
  const Micros first = std::max(run_.published->FirstRows(slot_).value_or(slot_),
                                slot_ + kSliceMicros - catalogue.windows().back().slices * kSliceMicros);
  own_pairs_ = std::make_unique<pairs::SlidingPairs>(run_.context, first, history_.get());
  ARROW_RETURN_NOT_OK(own_pairs_->Start(slot_));
  ARROW_ASSIGN_OR_RAISE(const auto own, history_->Slice(slot_));
  return own_pairs_->Advance(own);
}

Status FgCBuilder::Read() {
  if (fg_a_ == nullptr) {
    ARROW_RETURN_NOT_OK(ReadAlone());
  } else {
    rows_ = fg_a_->rows();
  }
  return judge_ == nullptr ? Status::OK() : judge_->MoveTo(slot_);
}

Status FgCBuilder::CheckQuality() {
  if (reference_ == nullptr)
    run_.report->Note(
        "there is no reference at or before " + base::FormatInstant(slot_) +
        ", so nothing was judged: an empty batch marked no_reference is committed. `ndr fg-b` builds "
        "one; batches committed before it are judged with --replace");
  return Status::OK();
}

Status FgCBuilder::Build() {
  if (judge_ == nullptr) return Status::OK();
  StepTimer timer(run_.report, "correlation");
  const pairs::WindowPairs& pairs =
      own_pairs_ ? static_cast<const pairs::WindowPairs&>(*own_pairs_) : cursor_->pairs();
  ARROW_ASSIGN_OR_RAISE(judged_, judge_->correlator()->Correlate(*rows_, pairs));
  timer.Rows(rows_->num_rows(), judged_.evidence->num_rows());
  for (const correlation::HorizonOutput& output : judged_.horizons)
    timer.Rows(0, output.host->num_rows() + output.pair->num_rows());
  return Status::OK();
}

Status FgCBuilder::Validate() {
  if (judge_ == nullptr) return Status::OK();
  const catalogue::Catalogue& catalogue = *run_.context->catalogue;
  for (const correlation::HorizonOutput& output : judged_.horizons) {
    if (output.host->num_rows() != rows_->num_rows())
      return base::ContractViolation(fmt::format("fg_c/host has {} rows in horizon {} for {} rows of fg_a",
                                                 output.host->num_rows(), output.label, rows_->num_rows()));
    ARROW_RETURN_NOT_OK(base::AsViolation(catalogue::CheckTable(catalogue, Dataset::kFgCHost, output.host)));
    ARROW_RETURN_NOT_OK(base::AsViolation(catalogue::CheckTable(catalogue, Dataset::kFgCPair, output.pair)));
  }
  return base::AsViolation(catalogue::CheckTable(catalogue, Dataset::kEvidence, judged_.evidence));
}

Status FgCBuilder::Stage(CommitGroup* group) {
  // What FG-C was made from has its hash now.
  ARROW_ASSIGN_OR_RAISE(storage::CommitRecord record, Draft());
  ARROW_ASSIGN_OR_RAISE(const int64_t hosts, CountHosts(*rows_));
  record.facts["hosts"] = std::to_string(hosts);
  record.counters = judged_.counters;
  run_.report->Count(judged_.counters);
  ARROW_ASSIGN_OR_RAISE(auto publication, run_.writer->Begin(record.key));
  auto add = [&](Dataset dataset, const std::string& horizon,
                 const std::shared_ptr<arrow::RecordBatch>& batch) {
    return batch == nullptr || batch->num_rows() == 0
               ? Status::OK()
               : publication->Add(run_.PlaceOf(dataset, slot_, horizon), batch);
  };
  for (const correlation::HorizonOutput& output : judged_.horizons) {
    ARROW_RETURN_NOT_OK(add(Dataset::kFgCHost, output.label, output.host));
    ARROW_RETURN_NOT_OK(add(Dataset::kFgCPair, output.label, output.pair));
  }
  ARROW_RETURN_NOT_OK(add(Dataset::kEvidence, "", judged_.evidence));
  group->Add(std::move(publication), std::move(record));
  judged_ = {};
  return Status::OK();
}

}  // namespace ndr::jobs
