// SPDX-License-Identifier: Apache-2.0
// What takes records online: the embedded store (embedded_store.h) or SageMaker's.
#pragma once

#include <arrow/result.h>

#include <cstdint>
#include <string>

#include "ndr/feature_store/record.h"

namespace ndr::feature_store {

/// What the ledger counts in: the records that one group takes from one committed file. A file that was
/// replaced is another unit, since its content is another.
struct Unit {
  std::string group;   ///< Group::name
  std::string file;    ///< path below the root
  std::string sha256;  ///< of the file
};

/// What an ingestion did, for the run report.
struct IngestReport {
  int64_t attempted = 0;                  ///< records handed over and not known to the ledger
  int64_t accepted = 0;                   ///< stored, or not newer than what the store has
  int64_t retried = 0;                    ///< records sent again
  int64_t dead_lettered = 0;              ///< refused, with their reason in the dead-letter file
  int64_t known = 0;                      ///< records that the ledger knew
  double p50_millis = 0, p99_millis = 0;  ///< of a request; embedded: of a transaction
  // Of a remote store only.
  int64_t superseded = 0;                         ///< not sent, since the run has a newer one of the entity
  int64_t requests = 0, throttled = 0, lost = 0;  ///< sent; of them throttled; without an answer
  double seconds = 0;                             ///< from the first request to the last answer
};

/// One thread calls; a store may work on what it was given after a call has returned, until Finish.
class OnlineStore {
 public:
  virtual ~OnlineStore() = default;

  /// All records of the unit, `rows` many, are stored or dead-lettered: it need not be read again, and they
  /// are reported as known.
  virtual arrow::Result<bool> IsDone(const Unit& unit, int64_t rows) = 0;
  /// Records of a unit from row `first_row` of its file on; those that the ledger knows are passed over. An
  /// older event time never replaces a newer one.
  virtual arrow::Status Put(const Group& group, const Unit& unit, int64_t first_row,
                            std::shared_ptr<const Records> records) = 0;
  /// The unit has no more rows than these.
  virtual arrow::Status Complete(const Unit& unit, int64_t rows) = 0;
  /// Waits until everything is stored or dead-lettered, and in the ledger. An error where too many records
  /// were dead-lettered; `report` is filled in any case.
  virtual arrow::Status Finish(IngestReport* report) = 0;
};

}  // namespace ndr::feature_store
