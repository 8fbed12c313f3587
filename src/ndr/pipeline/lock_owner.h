// SPDX-License-Identifier: Apache-2.0
// Processes and their names in lock files.
#pragma once

#include <arrow/result.h>

#include <optional>
#include <string>
#include <string_view>

#include "ndr/pipeline/lock.h"

namespace ndr::pipeline {

/// This process, with a new token and without an expiry.
arrow::Result<LockOwner> ThisProcess();
/// Whether the owner is a process of this host and boot that has ended. One of another host never is.
bool IsDead(const LockOwner& owner);

/// The text of a lock: one JSON object, which OwnerFromJson reads.
std::string ToJson(const LockOwner& owner);
/// nullopt: the text is no lock, such as a file that lost its bytes with the power.
std::optional<LockOwner> OwnerFromJson(std::string_view json);

}  // namespace ndr::pipeline
