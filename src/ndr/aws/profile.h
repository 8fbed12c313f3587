// SPDX-License-Identifier: Apache-2.0
// The shared profile files of the AWS tools: ~/.aws/credentials and ~/.aws/config.
#pragma once

#include <map>

#include "ndr/aws/outside.h"

namespace ndr::aws {

/// Settings of one profile; those of the credentials file stand before those of the config file.
struct Profile {
  std::string name;                             ///< AWS_PROFILE, else `default`
  std::string files;                            ///< what was looked at, for messages
  std::map<std::string, std::string> settings;  ///< `region`, `aws_access_key_id`, ...

  /// Empty where not set.
  std::string Setting(const std::string& key) const;
};

/// Files: AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE, else those of the home folder; one that is missing
/// is empty. Invalid: AWS_PROFILE names a profile that neither has.
arrow::Result<Profile> ReadProfile(const Outside& outside);

/// AWS_REGION, else AWS_DEFAULT_REGION, else the profile's; Invalid where none is set, or is no region's
/// name.
arrow::Result<std::string> FindRegion(const Outside& outside);

}  // namespace ndr::aws
