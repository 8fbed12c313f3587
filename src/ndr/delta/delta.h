// SPDX-License-Identifier: Apache-2.0
// Sessions of a mini-batch to mergeable partials per slice (specification 1, duplicates and rule 6;
// specification 2, delta).
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/base/counters.h"
#include "ndr/base/time.h"
#include "ndr/spec/project.h"

namespace ndr::delta {

/// Sessions of one file, in file order.
struct SessionBatch {
  std::shared_ptr<arrow::RecordBatch> sessions;  ///< catalogue::SessionSchema()
  int32_t file = 0;                              ///< names the file in `rejected`
  bool key_alone_identifies = false;             ///< ingest::KeyAloneIdentifies of its source
};

struct MiniBatch {
  std::string id;
  base::Micros slot_start = 0;
  /// A replay: every session starts in the slot (else Invalid), nothing is late. Otherwise a delivery: rule 6
  /// decides.
  bool replay = true;
  std::vector<SessionBatch>
      batches;  ///< in order of the files: "earlier" and "last" of the duplicates follow it
};

/// A record that rule 6 sends to quarantine.
struct Rejected {
  int32_t file = 0;
  int64_t byte_offset = 0;
  std::string_view rule;  ///< `outside_batch`
  std::string reason;
};

/// `host` and `pair` have the catalogue's schemas of kDeltaHost and kDeltaPair, sorted by (slice, host_ip,
/// role) and (slice, src_ip, dst_ip, dst_port with null first); late data make rows of earlier slices. Rows
/// in = `used` + `outside_batch` + `duplicates` (equal records) + `superseded` (earlier `end` rows of one
/// session); notes on used rows: `late` (of an earlier slice), `ahead` (of a later one), `duration`,
/// `negative`; and `saturated_cells`, int64 sums at their maximum.
struct Partials {
  std::shared_ptr<arrow::RecordBatch> host;
  std::shared_ptr<arrow::RecordBatch> pair;
  base::Counters counters;
  std::vector<Rejected> rejected;
};

/// Safe for several threads at once; depends on the rows, their order (duplicates) and nothing else. O(rows)
/// hashing, and sorting of the distinct hosts and pairs.
arrow::Result<Partials> RunDelta(const spec::Context& context, const MiniBatch& batch);

/// The projection of delta/pair that is pair_counts (specification 2): pairs with a service port, in the same
/// order.
arrow::Result<std::shared_ptr<arrow::RecordBatch>> PairCounts(const spec::Context& context,
                                                              const arrow::RecordBatch& pairs);

}  // namespace ndr::delta
