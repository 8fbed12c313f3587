// SPDX-License-Identifier: Apache-2.0
// Which record of an offline store was the newest of an id at a time, as it was known then. Only keys are
// read here: ids, event times and write times.
#pragma once

#include <arrow/result.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ndr/base/time.h"
#include "ndr/storage/object_store.h"

namespace ndr::feature_store {

/// The files of one hour of event times.
struct OfflineHour {
  base::Micros start = 0;
  std::vector<std::string> files;  ///< below the prefix, sorted
};
/// In order; those that begin after `last` are left out.
arrow::Result<std::vector<OfflineHour>> HoursUpTo(storage::ObjectStore* files,
                                                  const std::string& group_folder, base::Micros last);

/// A record in the store; `file` -1: none was known.
struct Place {
  int32_t file = -1;
  int64_t row = 0;
};

/// Answers all questions of one pass.
struct KnownThen {
  std::vector<std::string> files;  ///< that places count in
  std::vector<Place> places;       ///< parallel to the questions
};

/// For each (entity, time) the record with the newest event time that is not after the time, of those written
/// by `as_of`, or, without one, by that time; of several versions the one written last. A deleted one is
/// none.
///
/// One pass over the hours in order. Memory: the questions, one record for each of their ids, the keys of an
/// hour, and records that were written long after their event time and are not known yet.
arrow::Result<KnownThen> FindKnown(storage::ObjectStore* files, const std::string& group_folder,
                                   const std::vector<std::string>& entities,
                                   const std::vector<base::Micros>& times, std::optional<base::Micros> as_of);

}  // namespace ndr::feature_store
