// SPDX-License-Identifier: Apache-2.0
// Job specs in one SQLite file: table `job_specs`, a row for each key, the body as JSON text in `spec`.
#pragma once

#include "ndr/spec/store.h"

namespace ndr::spec {

/// Makes the file, and the folders it lies in, where they are missing. Several processes may use it at once.
arrow::Result<std::unique_ptr<SpecStore>> OpenSqliteStore(const std::string& path);

}  // namespace ndr::spec
