// SPDX-License-Identifier: Apache-2.0
// Properties: the partials depend on the sessions, not on their order or on how they were cut into batches.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

#include "delta/session_table.h"

namespace ndr::delta {
namespace {

using catalogue::EventName;
using catalogue::Transport;

// Records without identities, so that no duplicates depend on the order.
std::vector<SessionRow> RandomSessions(uint32_t seed, size_t count) {
  std::mt19937 random(seed);
  const auto below = [&](uint32_t n) { return random() % n; };
  std::vector<SessionRow> rows(count);
  for (SessionRow& row : rows) {
    row.start = kNoon + static_cast<base::Micros>(below(900)) * 1'000'000;
    row.duration = below(5) == 0 ? std::nullopt : std::optional<base::Micros>(below(4'000'000));
    row.source = "10.0.0." + std::to_string(below(4));
    row.destination =
        below(2) == 0 ? "10.0.1." + std::to_string(below(3)) : "2001:db8::" + std::to_string(below(3));
    row.port = below(4) == 0 ? std::nullopt
                             : std::optional<uint16_t>(static_cast<uint16_t>(below(2) == 0 ? 22 : 445));
    row.bytes_dst = below(3) == 0 ? std::nullopt : std::optional<int64_t>(below(200));
    if (below(50) == 0) row.bytes_src = std::numeric_limits<int64_t>::max() - below(100);
    row.transport = static_cast<Transport>(below(5));
    row.name = below(6) == 0 ? EventName::kThreat : EventName::kTraffic;
    row.subtype = std::vector<std::string>{"", "end", "start", "vulnerability"}[below(4)];
    row.action = std::vector<std::string>{"", "allow", "deny", "reset-both", "alert"}[below(5)];
    row.reason = std::vector<std::string>{"", "tcp-rst-from-client", "aged-out"}[below(3)];
    row.repeat = 1 + below(3);
  }
  return rows;
}

RC_GTEST_PROP(DeltaOrder, AnyOrderAndAnyCuttingGivesTheSamePartials, (uint32_t seed)) {
  std::vector<SessionRow> rows = RandomSessions(seed, 60);
  const auto context = DefaultContext();
  const Partials whole = RunDelta(*context, Batch({rows})).ValueOrDie();
  std::mt19937 random(seed + 1);
  std::shuffle(rows.begin(), rows.end(), random);
  std::vector<std::vector<SessionRow>> files(3);
  for (const SessionRow& row : rows) files[random() % 3].push_back(row);
  const Partials parts = RunDelta(*context, Batch(files)).ValueOrDie();
  RC_ASSERT(ShowRows(*whole.host) == ShowRows(*parts.host));
  RC_ASSERT(ShowRows(*whole.pair) == ShowRows(*parts.pair));
  RC_ASSERT(whole.counters.values() == parts.counters.values());
}

}  // namespace
}  // namespace ndr::delta
