// SPDX-License-Identifier: Apache-2.0
// Which files of a watched folder are which mini-batch: a function of names, sizes and times alone
// (specification 4, `ndr watch`).
//
// - A name that begins with a dot or ends in .tmp or .part, of the file or a folder above it, is one of a
// file that is
//   still being written under another name than its own: passed over until it is renamed.
// - A file is complete once it has not been written to for `settle`.
// - A file's slot is the one in which it was complete: that of its last change, less `closing`, which a
// sensor may take to
//   close the file of a slot that is over. So a file of an hour is the batch of the hour's last slot.
// - All files of a slot are one mini-batch, due once the slot, `closing` and `settle` are over.
// - A file that was put into the folder only after the batch of its slot had been made belongs to the slot in
// which it was
//   put there: its sessions are late ones of that batch.
// - A subfolder named by a mini-batch id is that batch. Its slot is the one that the id names
// (20240420T120000Z), else that
//   of its newest file. It is due once it has not been written to for `settle` and the slot is over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ndr/base/time.h"

namespace ndr::pipeline {

struct WatchedFile {
  std::string name;  ///< relative to the folder
  int64_t bytes = 0;
  base::Micros modified = 0;  ///< when its bytes were last written
  base::Micros changed = 0;   ///< when it was last written, renamed or linked: when it came to the folder
  bool finished = false;      ///< a batch that is done has read it

  friend bool operator==(const WatchedFile&, const WatchedFile&) = default;
};

enum class Layout : uint8_t {
  kAuto,     ///< subfolders named by a slot's start are batches, everything else is files
  kFiles,    ///< everything is files, in subfolders too
  kFolders,  ///< every subfolder is a batch, files beside them are passed over
};

struct BatchRules {
  Layout layout = Layout::kAuto;
  base::Micros settle = 30 * base::kMicrosPerSecond;
  base::Micros closing = 60 * base::kMicrosPerSecond;
};

struct WatchedBatch {
  std::string id;
  base::Micros slot = 0;  ///< its start
  std::vector<WatchedFile> files;
  int64_t bytes() const;

  friend bool operator==(const WatchedBatch&, const WatchedBatch&) = default;
};

/// Files that are no batch yet.
struct Waiting {
  std::optional<base::Micros> slot;  ///< whose end they wait for; none: they may still be written to
  base::Micros until = 0;            ///< the earliest at which all of them are due, if nothing changes
  int64_t files = 0;
};

struct Division {
  std::vector<WatchedBatch> due;  ///< by slot, then id
  std::vector<Waiting> waits;     ///< one for each slot, those that settle first
  /// Passed over: by a name of what is still written, and beside folders that are the batches.
  int64_t unfinished = 0, beside = 0;

  /// Files of `waits`.
  int64_t waiting() const;
};

/// Whether a name is passed over.
bool IsUnfinishedName(std::string_view relative_path);

/// `newest_made`: the newest slot whose batch has been made, if any. The order of `files` does not act.
Division Divide(const std::vector<WatchedFile>& files, std::optional<base::Micros> newest_made,
                const BatchRules& rules, base::Micros now);

}  // namespace ndr::pipeline
