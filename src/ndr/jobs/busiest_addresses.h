// SPDX-License-Identifier: Apache-2.0
// For someone whose logs hold none of the default host networks: which addresses are in them.
#pragma once

#include <arrow/result.h>

#include <string>
#include <utility>
#include <vector>

#include "ndr/base/address.h"
#include "ndr/ingest/source.h"
#include "ndr/spec/project.h"

namespace ndr::jobs {

/// At most the ten addresses with the most records of one file (as source or destination), busiest first,
/// ties by address.
arrow::Result<std::vector<std::pair<base::Address, int64_t>>> BusiestAddresses(const spec::Context& context,
                                                                               const std::string& path,
                                                                               ingest::Source source);

}  // namespace ndr::jobs
