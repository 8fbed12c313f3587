// SPDX-License-Identifier: Apache-2.0
// Evidence by host at one end: a row of fg_c/evidence (specification 3, Score and fg_c/evidence).
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <memory>
#include <vector>

#include "ndr/correlation/evidence_beaconing.h"
#include "ndr/correlation/evidence_terms.h"

namespace ndr::correlation {

/// Rows of hosts with either score of at least findings.min_score, by address. `spoken` is by row, after
/// SubtractShared; `beaconing` is by host.
arrow::Result<std::shared_ptr<arrow::RecordBatch>> EvidenceBatch(const Setup& setup, const Rows& rows,
                                                                 const std::vector<Spoken>& spoken,
                                                                 const std::vector<Beaconing>& beaconing);

}  // namespace ndr::correlation
