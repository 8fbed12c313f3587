// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/traffic.h"

#include <map>
#include <mutex>

#include "ndr/storage/object_store.h"

namespace ndr::storage {
namespace {

struct Counted {
  std::mutex mutex;
  std::map<std::string, Traffic::Kind> kinds;
};

Counted& AllCounts() {
  static Counted* const counted = new Counted;  // threads may count until the process ends
  return *counted;
}

}  // namespace

void CountTraffic(const std::string& method, int64_t bytes_sent, int64_t bytes_received) {
  const std::lock_guard lock(AllCounts().mutex);
  Traffic::Kind& kind = AllCounts().kinds[method];
  kind.method = method;
  ++kind.requests;
  kind.bytes_sent += bytes_sent;
  kind.bytes_received += bytes_received;
}

Traffic TrafficSoFar() {
  const std::lock_guard lock(AllCounts().mutex);
  Traffic traffic;
  for (const auto& [method, kind] : AllCounts().kinds) traffic.kinds.push_back(kind);
  return traffic;
}

}  // namespace ndr::storage
