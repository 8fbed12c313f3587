// SPDX-License-Identifier: Apache-2.0
// What was computed from something that has changed since (specification 1, Datasets on storage).
#pragma once

#include <arrow/result.h>

#include <string>
#include <vector>

#include "ndr/base/time.h"
#include "ndr/spec/project.h"

namespace ndr::jobs {

/// One sentence for each kind of dataset that holds results made without the delta of the slot as it is now:
/// windows whose reach has it, references whose horizons have it. Reads commit records only.
arrow::Result<std::vector<std::string>> StaleAfterDelta(const std::string& root, const spec::Context& context,
                                                        base::Micros slot);
/// The same for the fg_c of a batch whose fg_a was replaced, and of batches judged by a reference that was.
/// `at`: of the batch or reference.
arrow::Result<std::vector<std::string>> StaleAfter(const std::string& root, const spec::Context& context,
                                                   const std::string& input, const std::string& sha256,
                                                   base::Micros at);

}  // namespace ndr::jobs
