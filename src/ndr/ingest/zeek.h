// SPDX-License-Identifier: Apache-2.0
// What both shapes of Zeek's conn log share: the names, and what the connection state says (specification 5).
#pragma once

#include <array>
#include <string_view>

#include "ndr/ingest/record.h"

namespace ndr::ingest {

struct ZeekName {
  std::string_view name;
  Field field;
};
inline constexpr std::array<ZeekName, 13> kZeekNames = {{{"ts", kEventStart},
                                                         {"uid", kSessionKey},
                                                         {"id.orig_h", kSourceIp},
                                                         {"id.orig_p", kSourcePort},
                                                         {"id.resp_h", kDestinationIp},
                                                         {"id.resp_p", kDestinationPort},
                                                         {"proto", kNetworkTransport},
                                                         {"duration", kDuration},
                                                         {"orig_bytes", kFieldSourceBytes},
                                                         {"resp_bytes", kFieldDestinationBytes},
                                                         {"conn_state", kConnState},
                                                         {"orig_pkts", kFieldSourcePackets},
                                                         {"resp_pkts", kFieldDestinationPackets}}};

/// Action and end reason from the connection state. REJ is denied, everything else, a null state too,
/// allowed.
void DeriveZeekOutcome(Record* record);

}  // namespace ndr::ingest
