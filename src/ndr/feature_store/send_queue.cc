// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/send_queue.h"

#include <algorithm>

namespace ndr::feature_store {

void SendQueue::Ready(RemoteItem item, bool first) {
  if (item.alone)
    alone_.push_back(std::move(item));
  else if (first)
    ready_.push_front(std::move(item));
  else
    ready_.push_back(std::move(item));
}

void SendQueue::Add(RemoteItem item) {
  ++size_;
  const auto [line, idle] = lines_.try_emplace(item.entity);
  if (idle) return Ready(std::move(item), false);
  auto& behind = line->second;
  const auto newer =
      std::upper_bound(behind.begin(), behind.end(), item.event_time,
                       [](base::Micros time, const RemoteItem& other) { return time < other.event_time; });
  behind.insert(newer, std::move(item));
}

std::vector<RemoteItem> SendQueue::Take(size_t most, base::Micros now) {
  while (!later_.empty() && later_.begin()->first <= now) {
    Ready(std::move(later_.begin()->second), true);
    later_.erase(later_.begin());
  }
  std::vector<RemoteItem> taken;
  if (!alone_.empty()) {
    taken.push_back(std::move(alone_.front()));
    alone_.pop_front();
    return taken;
  }
  for (; taken.size() < most && !ready_.empty(); ready_.pop_front())
    taken.push_back(std::move(ready_.front()));
  return taken;
}

void SendQueue::Done(const RemoteItem& item) {
  --size_;
  const auto line = lines_.find(item.entity);
  if (line->second.empty()) {
    lines_.erase(line);
    return;
  }
  RemoteItem next = std::move(line->second.front());
  line->second.pop_front();
  Ready(std::move(next), false);
}

void SendQueue::Again(RemoteItem item, base::Micros at) { later_.emplace(at, std::move(item)); }

std::optional<base::Micros> SendQueue::NextDue() const {
  if (HasReady() || later_.empty()) return std::nullopt;
  return later_.begin()->first;
}

}  // namespace ndr::feature_store
