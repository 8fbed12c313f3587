// SPDX-License-Identifier: Apache-2.0
// The offline store: all records of a group, written directly from committed files (specification 4, Feature
// store). A committed file becomes one offline file for each group.
#pragma once

#include <arrow/result.h>

#include <cstdint>
#include <string>
#include <vector>

#include "ndr/feature_store/group.h"
#include "ndr/spec/project.h"
#include "ndr/storage/commit.h"

namespace ndr::feature_store {

struct OfflineReport {
  int64_t files = 0, records = 0, bytes = 0;  ///< written
  int64_t known_files = 0;                    ///< that stood there already
};

/// Writes what these commits hold of the groups below `settings.offline_prefix`. A file that stands there
/// under its name has the same records and is left alone, with the write_time of its first run: what was
/// known when does not change because a run is repeated, and the bytes of a store depend on nothing but the
/// commits and the write times.
///
/// `write_time`: of every record that is written, rounded down to milliseconds. Invalid names a file whose
/// rows do not end where its batch does.
arrow::Result<OfflineReport> WriteOffline(const std::string& root, const spec::Context& context,
                                          const spec::FeatureGroups& settings,
                                          const std::vector<Group>& groups,
                                          const std::vector<storage::CommitRecord>& commits,
                                          base::Micros write_time);

}  // namespace ndr::feature_store
