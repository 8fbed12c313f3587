// SPDX-License-Identifier: Apache-2.0
// Groups as others take them: SageMaker's calls and the SQL that joins parts.
#pragma once

#include <string>
#include <vector>

#include "ndr/feature_store/group.h"
#include "ndr/spec/project.h"

namespace ndr::feature_store {

/// The CreateFeatureGroup call of a group, as one line of JSON: what `aws sagemaker create-feature-group
/// --cli-input-json` takes. The offline store is named where `settings` has an s3:// prefix for it; it needs
/// a role, which is left out where it is empty.
std::string CreateCall(const Group& group, const spec::FeatureGroups& settings, const std::string& role_arn);

/// `prefix` without slashes at its end.
std::string WithoutSlash(std::string prefix);

}  // namespace ndr::feature_store
