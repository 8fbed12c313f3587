// SPDX-License-Identifier: Apache-2.0
// Said before anyone trusts a quiet result: which bands and windows of the scored part have nothing to be
// compared with.
#pragma once

#include <string>
#include <vector>

#include "ndr/reference/reference.h"
#include "ndr/spec/project.h"

namespace ndr::jobs {

/// One sentence per band that occurs in the ends of slices in [from, to) and for which, in some window, no
/// horizon's global table has a sessions_cnt support of at least 8, neither of the band nor of the same hours
/// of the other kind of day.
std::vector<std::string> WithoutBaseline(const spec::Context& context, const reference::Reference& reference,
                                         base::Micros from, base::Micros to);

}  // namespace ndr::jobs
