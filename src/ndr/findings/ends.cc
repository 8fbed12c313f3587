// SPDX-License-Identifier: Apache-2.0
// Rows of fg_c/evidence out of record batches.
#include <arrow/array.h>

#include <algorithm>

#include "ndr/catalogue/batch.h"
#include "ndr/findings/findings.h"

namespace ndr::findings {
namespace {

using arrow::Status;

std::optional<catalogue::Kind> KindOf(std::string_view name) {
  const auto at = std::find(catalogue::kKindNames.begin(), catalogue::kKindNames.end(), name);
  if (at == catalogue::kKindNames.end()) return std::nullopt;
  return static_cast<catalogue::Kind>(at - catalogue::kKindNames.begin());
}

// The members of the structs of the column `reasons`.
struct ReasonColumns {
  const arrow::ListArray* lists = nullptr;
  std::shared_ptr<arrow::StringArray> kind, metric, role, window, at;
  std::shared_ptr<arrow::DoubleArray> x, own, peers, evidence, standing, gap;

  Status Open(const arrow::RecordBatch& batch) {
    const auto column = batch.GetColumnByName("reasons");
    if (column == nullptr || column->type_id() != arrow::Type::LIST)
      return Status::Invalid("column 'reasons' is missing or no list");
    lists = static_cast<const arrow::ListArray*>(column.get());
    if (lists->values()->type_id() != arrow::Type::STRUCT)
      return Status::Invalid("column 'reasons' holds no structs");
    const auto& items = static_cast<const arrow::StructArray&>(*lists->values());
    ARROW_RETURN_NOT_OK(Text(items, "kind", &kind));
    ARROW_RETURN_NOT_OK(Text(items, "metric", &metric));
    ARROW_RETURN_NOT_OK(Text(items, "role", &role));
    ARROW_RETURN_NOT_OK(Text(items, "window_label", &window));
    ARROW_RETURN_NOT_OK(Text(items, "at", &at));
    ARROW_RETURN_NOT_OK(Float(items, "x", &x));
    ARROW_RETURN_NOT_OK(Float(items, "own", &own));
    ARROW_RETURN_NOT_OK(Float(items, "peers", &peers));
    ARROW_RETURN_NOT_OK(Float(items, "evidence", &evidence));
    ARROW_RETURN_NOT_OK(Float(items, "standing", &standing));
    return Float(items, "gap_median", &gap);
  }
  template <class Array>
  static Status Member(const arrow::StructArray& items, const char* name, arrow::Type::type type,
                       std::shared_ptr<Array>* to) {
    const auto member = items.GetFieldByName(name);
    if (member == nullptr || member->type_id() != type)
      return Status::Invalid("reasons.", name, " is missing or of another type");
    *to = std::static_pointer_cast<Array>(member);
    return Status::OK();
  }
  static Status Text(const arrow::StructArray& items, const char* name,
                     std::shared_ptr<arrow::StringArray>* to) {
    return Member(items, name, arrow::Type::STRING, to);
  }
  static Status Float(const arrow::StructArray& items, const char* name,
                      std::shared_ptr<arrow::DoubleArray>* to) {
    return Member(items, name, arrow::Type::DOUBLE, to);
  }
  Reason At(int64_t i) const {
    const auto number = [i](const auto& a) {
      return a->IsNull(i) ? std::nullopt : std::optional(a->Value(i));
    };
    const auto text = [i](const auto& a) {
      return a->IsNull(i) ? std::string() : std::string(a->GetView(i));
    };
    return {text(kind),
            text(metric),
            text(role),
            text(window),
            number(x).value_or(0),
            number(own),
            number(peers),
            text(at),
            number(evidence).value_or(0),
            number(standing).value_or(0),
            number(gap)};
  }
};

Status ReadEvidence(const arrow::RecordBatch& batch, const std::string& prefix, std::vector<End>* ends,
                    std::array<double, catalogue::kKinds> End::*member) {
  for (size_t k = 0; k < catalogue::kKinds; ++k) {
    const std::string name = prefix + std::string(catalogue::kKindNames[k]);
    ARROW_ASSIGN_OR_RAISE(const auto values, catalogue::Values<double>(batch, name));
    ARROW_ASSIGN_OR_RAISE(const auto valid, catalogue::Valid(batch, name));
    for (size_t i = 0; i < ends->size(); ++i) ((*ends)[i].*member)[k] = valid[i] ? values[i] : 0;
  }
  return Status::OK();
}

}  // namespace

arrow::Result<std::vector<End>> ReadEnds(const arrow::RecordBatch& batch) {
  ARROW_ASSIGN_OR_RAISE(const auto hosts, catalogue::Addresses(batch, "host_ip"));
  ARROW_ASSIGN_OR_RAISE(const auto ts, catalogue::Values<int64_t>(batch, "window_end_ts"));
  ARROW_ASSIGN_OR_RAISE(const auto segments, catalogue::TextsOf(batch, "segment_id"));
  ARROW_ASSIGN_OR_RAISE(const auto scores, catalogue::Values<double>(batch, "score"));
  ARROW_ASSIGN_OR_RAISE(const auto standing, catalogue::Values<double>(batch, "standing_score"));
  ARROW_ASSIGN_OR_RAISE(const auto kinds, catalogue::TextsOf(batch, "kind"));
  ARROW_ASSIGN_OR_RAISE(const auto standing_kinds, catalogue::TextsOf(batch, "standing_kind"));
  ReasonColumns reasons;
  ARROW_RETURN_NOT_OK(reasons.Open(batch));
  std::vector<End> ends(hosts.size());
  for (size_t i = 0; i < ends.size(); ++i) {
    End& end = ends[i];
    end.host = hosts[i];
    end.ts = ts[i];
    end.segment = std::string(segments[i]);
    end.score = scores[i];
    end.standing_score = standing[i];
    // A null text is empty, and no kind has that name.
    end.kind = KindOf(kinds[i]);
    end.standing_kind = KindOf(standing_kinds[i]);
    const auto row = static_cast<int64_t>(i);
    for (int64_t r = reasons.lists->value_offset(row); r < reasons.lists->value_offset(row + 1); ++r)
      end.reasons.push_back(reasons.At(r));
  }
  ARROW_RETURN_NOT_OK(ReadEvidence(batch, "evidence_", &ends, &End::evidence));
  ARROW_RETURN_NOT_OK(ReadEvidence(batch, "standing_evidence_", &ends, &End::standing_evidence));
  return ends;
}

}  // namespace ndr::findings
