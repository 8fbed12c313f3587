// SPDX-License-Identifier: Apache-2.0
// What one record counts as (specification 2, delta): small functions of words and numbers, without state.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ndr/base/time.h"

namespace ndr::delta {

/// A session of at most so long is short.
inline constexpr base::Micros kShortDuration = base::kMicrosPerSecond;
/// A reset within kShortDuration after at most so many known bytes from the destination is a failure.
inline constexpr int64_t kRefusedBytes = 128;

// Words come normalised: lower case, hyphens.

/// `actions` are the configured ones; `reset` among them stands for every `reset-*` too.
inline bool IsDenyAction(std::string_view action, std::span<const std::string> actions) {
  return std::any_of(actions.begin(), actions.end(), [&](const std::string& deny) {
    return action == deny || (deny == "reset" && action.starts_with("reset-"));
  });
}
constexpr bool IsAllowAction(std::string_view action) { return action == "allow"; }
constexpr bool IsAlertAction(std::string_view action) { return action == "alert"; }
constexpr bool IsResetReason(std::string_view reason) { return reason.starts_with("tcp-rst"); }
constexpr bool IsAgedOutReason(std::string_view reason) { return reason == "aged-out"; }
/// Of a subtype that is not absent; a TRAFFIC record without a subtype is a session.
inline bool IsSessionSubtype(std::string_view subtype, std::span<const std::string> subtypes) {
  return std::find(subtypes.begin(), subtypes.end(), subtype) != subtypes.end();
}
/// A THREAT row's category or subtype.
constexpr bool IsVulnerability(std::string_view word) { return word == "vulnerability"; }

using Amount = std::optional<int64_t>;

/// The destination sent nothing.
constexpr bool IsZeroReply(Amount destination_bytes, Amount destination_packets) {
  return destination_bytes ? *destination_bytes == 0 : destination_packets == 0;
}
constexpr bool IsShort(base::Micros duration) { return duration <= kShortDuration; }
/// `reset`: the end reason is a tcp-rst.
constexpr bool IsFailed(bool denied, bool tcp, bool zero_reply, bool reset, base::Micros duration,
                        Amount destination_bytes) {
  const bool refused = reset && IsShort(duration) && destination_bytes && *destination_bytes <= kRefusedBytes;
  return denied || (tcp && (zero_reply || refused));
}
constexpr bool IsReplied(bool denied, bool zero_reply) { return !denied && !zero_reply; }

}  // namespace ndr::delta
