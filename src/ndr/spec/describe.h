// SPDX-License-Identifier: Apache-2.0
// The keys of each struct of project.h and job_spec.h.
#pragma once

#include "ndr/spec/description.h"

namespace ndr::spec {

/// Whatever a project's parameters hold, names first.
void DescribeKeys(Project* out, Keys* keys);
/// What a job's own document holds besides the keys that it may override.
void DescribeKeys(JobSpec* out, Keys* keys);

/// The sections that say how logs are read, and how windows are cut.
void DescribeInput(Project* out, Keys* keys);
/// The sections that say what is normal and what is a finding.
void DescribeJudgement(Project* out, Keys* keys);
/// The section that says where features are served from, and what a job's own document says of it.
void DescribeFeatureGroups(Project* out, Keys* keys);
void DescribeFeatureGroups(JobSpec* out, Keys* keys);

/// The keys of one element of a list.
void DescribeKeys(base::NamedCidr* out, Keys* keys);
void DescribeKeys(Horizon* out, Keys* keys);
void DescribeKeys(FindingTerm* out, Keys* keys);
void DescribeKeys(IgnoreRule* out, Keys* keys);

}  // namespace ndr::spec
