// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/evidence_columns.h"

#include "ndr/catalogue/batch.h"
#include "ndr/correlation/columns.h"

namespace ndr::correlation {
namespace {

void PutKind(catalogue::BatchBuilder* to, std::string_view column, const std::vector<EvidenceRow>& evidence,
             EndScore EvidenceRow::*member) {
  TextColumn kinds;
  for (const EvidenceRow& row : evidence) {
    const EndScore& score = row.*member;
    if (!score.kind) {
      kinds.EndNull();
      continue;
    }
    kinds.Append(catalogue::kKindNames[static_cast<size_t>(*score.kind)]);
    kinds.EndRow();
  }
  to->PutArray(column, kinds.Finish());
}

void PutEvidence(catalogue::BatchBuilder* to, const std::string& prefix,
                 const std::vector<EvidenceRow>& evidence, KindEvidence EvidenceRow::*member) {
  std::vector<double> values(evidence.size());
  for (size_t k = 0; k < catalogue::kKinds; ++k) {
    for (size_t i = 0; i < values.size(); ++i) {
      const double v = (evidence[i].*member)[k];
      values[i] = v > 0 ? v : kNull;
    }
    PutNullable(to, prefix + std::string(catalogue::kKindNames[k]), values);
  }
}

arrow::Result<std::shared_ptr<arrow::Array>> Reasons(const Setup& setup,
                                                     const std::vector<EvidenceRow>& evidence) {
  std::vector<int32_t> offsets{0};
  TextColumn kind, metric, role, window, at;
  std::vector<double> x, own, peers, change, standing, gap;
  const auto put = [](TextColumn* to, std::string_view text) { to->Append(text), to->EndRow(); };
  for (const EvidenceRow& row : evidence) {
    for (const EvidenceReason& r : row.reasons) {
      put(&kind, catalogue::kKindNames[static_cast<size_t>(r.kind)]);
      put(&metric, r.metric);
      put(&role, catalogue::kRoleNames[static_cast<size_t>(r.role)]);
      put(&window, setup.catalogue().windows()[static_cast<size_t>(r.window)].label);
      r.at.empty() ? at.EndNull() : put(&at, r.at);
      x.push_back(r.x);
      own.push_back(r.own);
      peers.push_back(r.peers);
      change.push_back(r.change);
      standing.push_back(r.standing);
      gap.push_back(r.gap_median);
    }
    offsets.push_back(static_cast<int32_t>(x.size()));
  }
  const auto type =
      setup.catalogue().Schema(catalogue::Dataset::kEvidence)->GetFieldByName("reasons")->type();
  const auto& item = static_cast<const arrow::ListType&>(*type).value_type();
  ARROW_ASSIGN_OR_RAISE(auto structs, arrow::StructArray::Make(
                                          {kind.Finish(), metric.Finish(), role.Finish(), window.Finish(),
                                           NumberArray(x), NumberArray(own), NumberArray(peers), at.Finish(),
                                           NumberArray(change), NumberArray(standing), NumberArray(gap)},
                                          item->fields()));
  return ListArray(std::move(offsets), std::move(structs));
}

}  // namespace

arrow::Result<std::shared_ptr<arrow::RecordBatch>> EvidenceColumns(const Setup& setup, const Rows& rows,
                                                                   const std::vector<EvidenceRow>& evidence) {
  catalogue::BatchBuilder to(setup.catalogue().Schema(catalogue::Dataset::kEvidence),
                             static_cast<int64_t>(evidence.size()));
  std::vector<base::Address> hosts;
  std::vector<int32_t> segments;
  std::vector<double> score, standing;
  for (const EvidenceRow& row : evidence) {
    hosts.push_back(row.host);
    segments.push_back(row.segment);
    score.push_back(row.change_score.score);
    standing.push_back(row.standing_score.score);
  }
  to.PutAddresses("host_ip", hosts);
  to.Put("window_end_ts", std::vector<int64_t>(evidence.size(), rows.end_ts));
  to.PutWords("segment_id", segments, rows.segments);
  to.Put("score", std::move(score));
  PutKind(&to, "kind", evidence, &EvidenceRow::change_score);
  to.Put("standing_score", std::move(standing));
  PutKind(&to, "standing_kind", evidence, &EvidenceRow::standing_score);
  PutEvidence(&to, "evidence_", evidence, &EvidenceRow::change);
  PutEvidence(&to, "standing_evidence_", evidence, &EvidenceRow::standing);
  to.Put("reference_ts", std::vector<int64_t>(evidence.size(), setup.reference->reference_ts()));
  ARROW_ASSIGN_OR_RAISE(auto reasons, Reasons(setup, evidence));
  to.PutArray("reasons", std::move(reasons));
  return to.Finish();
}

}  // namespace ndr::correlation
