// SPDX-License-Identifier: Apache-2.0
// Findings as a view over committed evidence: nothing else is stored (specification 4, ndr findings).
#pragma once

#include <arrow/result.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ndr/findings/findings.h"
#include "ndr/spec/project.h"

namespace ndr::views {

struct FindingsFilter {
  std::optional<base::Micros> since, until;  ///< of a finding's ends: it was active in [since, until)
  findings::Severity min_severity = findings::Severity::kLow;
  std::optional<base::Address> host;
};

struct FindingsView {
  std::vector<findings::Finding> findings;  ///< those that pass the filter, silenced ones marked
  std::vector<findings::Opened> opened;     ///< of all of them, per 100 hosts and day
  int64_t ends = 0;                         ///< committed batches that were judged
  int64_t unjudged = 0;                     ///< committed batches for which there was no reference
  int64_t hosts = 0;                        ///< hosts in those batches
  std::string reference;
};

/// A usage error where the root holds no judged batch of the version (and which versions it holds).
arrow::Result<FindingsView> ViewFindings(const std::string& root, const spec::Context& context,
                                         const FindingsFilter& filter);

}  // namespace ndr::views
