// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/commit_index.h"

#include <arrow/util/compression.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <tuple>

#include "ndr/storage/decoder.h"
#include "ndr/storage/object_store.h"

namespace ndr::storage {
namespace {

using arrow::Status;
using base::Micros;

constexpr std::string_view kSuffix = ".jsonl.zst";
// Turns that a writer waits for before it gives up: each other writer of the day takes one.
constexpr int kTurns = 100;
// Stands beside the days when they hold all that is committed.
constexpr std::string_view kWhole = "whole";

std::string FolderOfDays(std::string_view family, std::string_view version) {
  return CommitFolder(family, version) + "/_days";
}
std::string PathOfDay(std::string_view family, std::string_view version, Micros day) {
  return FolderOfDays(family, version) + "/" + base::FormatCompact(day).substr(0, 8) + std::string(kSuffix);
}

// By id, one line each.
using Lines = std::map<std::string, std::string>;

// A record's text without its line ends; those inside its strings are escaped.
std::string LineOf(const CommitRecord& record) {
  std::string line;
  bool margin = false;
  for (const char c : record.ToJson()) {
    margin = c == '\n' || (margin && c == ' ');
    if (!margin) line.push_back(c);
  }
  return line;
}

arrow::Result<std::string> Pack(const Lines& lines) {
  std::string text;
  for (const auto& [id, line] : lines) text += id + " " + line + "\n";
  ARROW_ASSIGN_OR_RAISE(const auto codec, arrow::util::Codec::Create(arrow::Compression::ZSTD));
  const auto* input = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int64_t>(text.size());
  std::string packed(static_cast<size_t>(codec->MaxCompressedLen(size, input)), '\0');
  ARROW_ASSIGN_OR_RAISE(const int64_t used, codec->Compress(size, input, static_cast<int64_t>(packed.size()),
                                                            reinterpret_cast<uint8_t*>(packed.data())));
  packed.resize(static_cast<size_t>(used));
  return packed;
}

arrow::Result<Lines> Unpack(const std::string& packed, const std::string& origin) {
  const auto decoder = Decoder::Make(Compression::kZstd);
  std::string text, piece(size_t{1} << 20, '\0');
  for (std::string_view rest = packed; !rest.empty();) {
    size_t filled = 0;
    ARROW_RETURN_NOT_OK(decoder->Decode(&rest, piece.data(), piece.size(), &filled));
    if (filled == 0 && !rest.empty())
      return Status::IOError(origin, " is damaged; remove it: it is made again");
    text.append(piece, 0, filled);
  }
  Lines lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at), space = text.find(' ', at);
    if (end == std::string::npos || space > end)
      return Status::IOError(origin, " is damaged; remove its folder: the index is made again");
    lines[text.substr(at, space - at)] = text.substr(space + 1, end - space - 1);
    at = end + 1;
  }
  return lines;
}

std::vector<const CommitIndex::Entry*> Pointers(const std::vector<CommitIndex::Entry>& entries) {
  std::vector<const CommitIndex::Entry*> pointers;
  for (const auto& entry : entries) pointers.push_back(&entry);
  return pointers;
}

}  // namespace

Micros CommitIndex::PeriodStart(std::string_view family, Micros at) {
  using std::chrono::sys_days;
  const auto day = std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(at)));
  const std::chrono::year_month_day date(day);
  sys_days start = day;
  if (family == "lookback") start = sys_days(date.year() / date.month() / 1);
  if (family == "fg_b") start = sys_days(date.year() / 1 / 1);
  return std::chrono::duration_cast<std::chrono::microseconds>(start.time_since_epoch()).count();
}

Status CommitIndex::Update(std::span<const Entry> entries) {
  std::map<std::tuple<std::string, std::string, Micros>, std::vector<const Entry*>> days;
  for (const Entry& entry : entries)
    days[{entry.key.family, entry.key.version, PeriodStart(entry.key.family, entry.at)}].push_back(&entry);
  for (const auto& [day, of_day] : days) {
    const auto& [family, version, start] = day;
    ARROW_RETURN_NOT_OK(BuildOnce(family, version));
    ARROW_RETURN_NOT_OK(UpdateDay(PathOfDay(family, version, start), of_day));
  }
  return Status::OK();
}

// An index that lacks what was committed before it began would hide that: only a whole one counts.
Status CommitIndex::BuildOnce(const std::string& family, const std::string& version) {
  {
    std::lock_guard lock(mutex_);
    if (whole_.contains(family + "/" + version)) return Status::OK();
  }
  ARROW_ASSIGN_OR_RAISE(const auto days, Days(family, version));
  if (!days) {
    ARROW_ASSIGN_OR_RAISE(const auto records, CommitLog(store_->location()).ReadEach(family, version));
    std::map<Micros, std::vector<Entry>> by_day;
    for (const CommitRecord& record : records)
      by_day[PeriodStart(family, record.at)].push_back({record.key, record.at, record});
    for (const auto& [day, of_day] : by_day)
      ARROW_RETURN_NOT_OK(UpdateDay(PathOfDay(family, version, day), Pointers(of_day)));
    ARROW_RETURN_NOT_OK(store_->Put(FolderOfDays(family, version) + "/" + std::string(kWhole), ""));
  }
  std::lock_guard lock(mutex_);
  whole_.insert(family + "/" + version);
  return Status::OK();
}

// What another writer put there meanwhile is looked up in the record itself.
arrow::Result<std::string> CommitIndex::LineNow(const Entry& entry, const std::string& indexed) const {
  const std::string ours = entry.record ? LineOf(*entry.record) : "";
  if (indexed.empty() || indexed == ours) return ours;
  ARROW_ASSIGN_OR_RAISE(const auto record, CommitLog(store_->location()).Read(entry.key));
  return record ? LineOf(*record) : std::string();
}

Status CommitIndex::UpdateDay(const std::string& path, std::span<const Entry* const> entries) {
  for (int turn = 0; turn < kTurns; ++turn) {
    ARROW_ASSIGN_OR_RAISE(const auto object, store_->ReadTagged(path));
    Lines lines;
    if (object) {
      ARROW_ASSIGN_OR_RAISE(lines, Unpack(object->bytes, path));
    }
    const Lines before = lines;
    for (const Entry* entry : entries) {
      const auto there = lines.find(entry->key.id);
      ARROW_ASSIGN_OR_RAISE(std::string line, LineNow(*entry, there == lines.end() ? "" : there->second));
      if (line.empty())
        lines.erase(entry->key.id);
      else
        lines[entry->key.id] = std::move(line);
    }
    if (lines == before) return Status::OK();
    ARROW_ASSIGN_OR_RAISE(const std::string packed, Pack(lines));
    const auto tag = object ? std::optional(object->tag) : std::nullopt;
    // No token: the same lines by another writer are as good.
    ARROW_ASSIGN_OR_RAISE(const PutOutcome outcome, store_->PutIf(path, packed, tag, ""));
    if (outcome != PutOutcome::kLost) return Status::OK();
  }
  return Status::IOError(store_->location(), "/", path, " is changed by other runs all the time; run again");
}

arrow::Result<std::optional<std::vector<Micros>>> CommitIndex::Days(std::string_view family,
                                                                    std::string_view version) const {
  ARROW_ASSIGN_OR_RAISE(const auto names, store_->Names(FolderOfDays(family, version)));
  if (std::find(names.begin(), names.end(), kWhole) == names.end()) return std::nullopt;
  std::vector<Micros> days;
  for (const std::string& name : names)
    if (const auto day = base::ParseCompact(name.substr(0, 8) + "T000000Z"); day && name.ends_with(kSuffix))
      days.push_back(*day);
  return days;
}

arrow::Result<std::vector<CommitRecord>> CommitIndex::Read(std::string_view family, std::string_view version,
                                                           Micros day) const {
  const std::string path = PathOfDay(family, version, day);
  ARROW_ASSIGN_OR_RAISE(const auto packed, store_->Read(path));
  std::vector<CommitRecord> records;
  if (!packed) return records;
  ARROW_ASSIGN_OR_RAISE(const Lines lines, Unpack(*packed, path));
  for (const auto& [id, line] : lines) {
    ARROW_ASSIGN_OR_RAISE(CommitRecord record, CommitRecord::FromJson(line, path));
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace ndr::storage
