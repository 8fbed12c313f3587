// SPDX-License-Identifier: Apache-2.0
// Rows of fg_c/evidence as a record batch.
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <memory>
#include <string>
#include <vector>

#include "ndr/correlation/evidence_formulas.h"
#include "ndr/correlation/rows.h"
#include "ndr/correlation/setup.h"
#include "ndr/correlation/transforms.h"

namespace ndr::correlation {

/// A struct of the column `reasons`; null numbers are NaN.
struct EvidenceReason {
  catalogue::Kind kind{};
  std::string metric;
  catalogue::Role role{};
  int window = 0;
  double x = 0, own = kNull, peers = kNull, gap_median = kNull;
  double change = 0, standing = 0;
  std::string at;  ///< empty: null
};

struct EvidenceRow {
  base::Address host;
  int32_t segment = 0;  ///< index into Rows::segments
  EndScore change_score, standing_score;
  KindEvidence change{}, standing{};
  /// Of each kind the strongest term by change and, where it is another, by standing; strongest first.
  std::vector<EvidenceReason> reasons;
};

/// The rows as a batch of kEvidence, in their order.
arrow::Result<std::shared_ptr<arrow::RecordBatch>> EvidenceColumns(const Setup& setup, const Rows& rows,
                                                                   const std::vector<EvidenceRow>& evidence);

}  // namespace ndr::correlation
