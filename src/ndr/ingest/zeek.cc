// SPDX-License-Identifier: Apache-2.0
#include "ndr/ingest/zeek.h"

#include "ndr/ingest/scalars.h"

namespace ndr::ingest {

void DeriveZeekOutcome(Record* record) {
  const std::string_view state = (*record)[kConnState];
  std::string_view& reason = (*record)[kEventReason];
  (*record)[kEventAction] = state == "REJ" ? "deny" : "allow";
  if (state == "RSTO" || state == "RSTOS0") {
    reason = "tcp-rst-from-client";
  } else if (state == "RSTR" || state == "RSTRH") {
    reason = "tcp-rst-from-server";
  } else if (state == "SF" &&
             ParseTransport((*record)[kNetworkTransport]).transport == catalogue::Transport::kTcp) {
    reason = "tcp-fin";
  }
}

}  // namespace ndr::ingest
