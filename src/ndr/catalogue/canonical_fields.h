// SPDX-License-Identifier: Apache-2.0
// What fields of a log are called (specification 1, canonical session record).
#pragma once

#include <array>
#include <string_view>

namespace ndr::catalogue {

/// `duration` is no canonical field but stands for the end where a source has it instead.
inline constexpr std::array<std::string_view, 21> kFieldNames = {"event_start",
                                                                 "event_end",
                                                                 "duration",
                                                                 "source_ip",
                                                                 "destination_ip",
                                                                 "source_port",
                                                                 "destination_port",
                                                                 "source_bytes",
                                                                 "destination_bytes",
                                                                 "source_packets",
                                                                 "destination_packets",
                                                                 "network_transport",
                                                                 "event_name",
                                                                 "event_subtype",
                                                                 "event_action",
                                                                 "event_reason",
                                                                 "category",
                                                                 "repeat_count",
                                                                 "device_id",
                                                                 "session_key",
                                                                 "sequence"};

}  // namespace ndr::catalogue
