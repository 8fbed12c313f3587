// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/watch_batches.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "ndr/base/name.h"
#include "ndr/storage/layout.h"

namespace ndr::pipeline {
namespace {

using base::kSliceMicros;
using base::Micros;

std::optional<Micros> SlotNamed(std::string_view id) {
  const auto slot = base::ParseCompact(id);
  return slot && base::SliceStart(*slot) == *slot ? slot : std::nullopt;
}

// The first folder of the file, where that is a batch.
std::optional<std::string> BatchFolder(const std::string& name, Layout layout) {
  const size_t slash = name.find('/');
  if (slash == std::string::npos || layout == Layout::kFiles) return std::nullopt;
  std::string folder = name.substr(0, slash);
  const bool is_batch = layout == Layout::kFolders ? base::IsName(folder) : SlotNamed(folder).has_value();
  return is_batch ? std::optional(std::move(folder)) : std::nullopt;
}

class Divider {
 public:
  Divider(std::optional<Micros> newest_made, const BatchRules& rules, Micros now)
      : newest_made_(newest_made), rules_(rules), now_(now) {}

  void Add(const WatchedFile& file) {
    if (auto folder = BatchFolder(file.name, rules_.layout)) {
      folders_[*folder].push_back(file);
    } else if (rules_.layout == Layout::kFolders) {
      ++division_.beside;
    } else if (IsUnfinishedName(file.name)) {
      ++division_.unfinished;
    } else if (!file.finished) {
      AddToSlot(file);
    }
  }

  Division Finish() {
    for (auto& [slot, files] : slots_) {
      const Micros over = slot + kSliceMicros + rules_.closing + rules_.settle;
      Give({base::FormatCompact(slot), slot, std::move(files)}, slot, over);
    }
    for (auto& [id, files] : folders_) AddFolder(id, files);
    for (auto& [slot, waiting] : waits_) division_.waits.push_back(waiting);
    std::ranges::sort(division_.due, [](const WatchedBatch& a, const WatchedBatch& b) {
      return std::tie(a.slot, a.id) < std::tie(b.slot, b.id);
    });
    return std::move(division_);
  }

 private:
  bool Settled(Micros at) const { return now_ - at >= rules_.settle; }
  Micros SlotOf(Micros at) const { return base::SliceStart(at - rules_.closing); }

  void AddToSlot(const WatchedFile& file) {
    if (!Settled(file.modified)) {
      Wait(std::nullopt, file.modified + rules_.settle, 1);
      return;
    }
    Micros slot = SlotOf(file.modified);
    // A batch that was made stays as it is: what comes later is late.
    if (newest_made_ && slot <= *newest_made_)
      slot = std::max(SlotOf(std::max(file.modified, file.changed)), *newest_made_ + kSliceMicros);
    slots_[slot].push_back(file);
  }

  void AddFolder(const std::string& id, const std::vector<WatchedFile>& files) {
    Micros written = INT64_MIN;
    bool anything_new = false;
    WatchedBatch batch{id, 0, {}};
    for (const WatchedFile& file : files) {
      // A file that is still written under another name counts for the quiet, not for the batch.
      written = std::max(written, file.modified);
      if (IsUnfinishedName(file.name)) continue;
      anything_new |= !file.finished;
      batch.files.push_back(file);
    }
    if (!anything_new) return;
    batch.slot = SlotNamed(id).value_or(SlotOf(written));
    const Micros settled = written + rules_.settle, over = batch.slot + kSliceMicros + rules_.settle;
    const std::optional<Micros> slot = over > settled ? std::optional(batch.slot) : std::nullopt;
    Give(std::move(batch), slot, std::max(settled, over));
  }

  // What it waits for, where it is not due yet: the slot's end, else its files.
  void Give(WatchedBatch batch, std::optional<Micros> slot, Micros due) {
    if (now_ < due) return Wait(slot, due, static_cast<int64_t>(batch.files.size()));
    std::ranges::sort(batch.files, {}, &WatchedFile::name);
    division_.due.push_back(std::move(batch));
  }

  void Wait(std::optional<Micros> slot, Micros until, int64_t files) {
    Waiting& waiting = waits_[slot];
    waiting.slot = slot;
    waiting.until = std::max(waiting.until, until);
    waiting.files += files;
  }

  const std::optional<Micros> newest_made_;
  const BatchRules& rules_;
  const Micros now_;
  std::map<Micros, std::vector<WatchedFile>> slots_;
  std::map<std::string, std::vector<WatchedFile>> folders_;
  std::map<std::optional<Micros>, Waiting> waits_;
  Division division_;
};

}  // namespace

int64_t WatchedBatch::bytes() const {
  int64_t sum = 0;
  for (const WatchedFile& file : files) sum += file.bytes;
  return sum;
}

int64_t Division::waiting() const {
  int64_t files = 0;
  for (const Waiting& waiting : waits) files += waiting.files;
  return files;
}

bool IsUnfinishedName(std::string_view path) {
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    if (part.starts_with('.') || part.ends_with(".tmp") || part.ends_with(".part")) return true;
    begin = end + 1;
  }
  return false;
}

Division Divide(const std::vector<WatchedFile>& files, std::optional<Micros> newest_made,
                const BatchRules& rules, Micros now) {
  Divider divider(newest_made, rules, now);
  for (const WatchedFile& file : files) divider.Add(file);
  return divider.Finish();
}

}  // namespace ndr::pipeline
