// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/known_then.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <queue>
#include <unordered_map>

#include "ndr/feature_store/offline_layout.h"
#include "ndr/storage/parquet_file.h"

namespace ndr::feature_store {
namespace {

using arrow::Status;
using base::Micros;

// A record of an id that is asked for.
struct Version {
  Micros available = 0;  ///< from when on it was known
  Micros event = 0, written = 0;
  size_t entity = 0;
  Place place;
  bool deleted = false;

  bool Supersedes(const Version& other) const {
    return std::tie(event, written) > std::tie(other.event, other.written);
  }
};
struct LaterAvailable {
  bool operator()(const Version& a, const Version& b) const { return a.available > b.available; }
};

std::shared_ptr<arrow::Schema> KeySchema() {
  const auto time = arrow::timestamp(arrow::TimeUnit::MILLI, "UTC");
  return arrow::schema({arrow::field(std::string(kEntityId), arrow::utf8()),
                        arrow::field(std::string(kEventTime), arrow::utf8()),
                        arrow::field(std::string(kWriteTime), time),
                        arrow::field(std::string(kIsDeleted), arrow::boolean())});
}

class Finder {
 public:
  Finder(storage::ObjectStore* files, const std::vector<std::string>& entities,
         const std::vector<Micros>& times, std::optional<Micros> as_of)
      : files_(files), times_(times), as_of_(as_of), entity_of_(entities.size()), order_(entities.size()) {
    found_.places.resize(entities.size());
    for (size_t i = 0; i < entities.size(); ++i)
      entity_of_[i] = numbers_.try_emplace(entities[i], numbers_.size()).first->second;
    newest_.resize(numbers_.size());
    std::iota(order_.begin(), order_.end(), size_t{0});
    std::stable_sort(order_.begin(), order_.end(), [&](size_t a, size_t b) { return times_[a] < times_[b]; });
  }

  arrow::Result<KnownThen> Find(const std::vector<OfflineHour>& hours) {
    for (const OfflineHour& hour : hours) {
      AnswerBefore(hour.start);
      for (const std::string& file : hour.files) ARROW_RETURN_NOT_OK(Read(file));
    }
    AnswerBefore(std::numeric_limits<Micros>::max());
    return std::move(found_);
  }

 private:
  // Questions before `end`: nothing that is still to be read has an event time before it.
  void AnswerBefore(Micros end) {
    for (; next_ < order_.size() && times_[order_[next_]] < end; ++next_) {
      const size_t question = order_[next_];
      for (; !waiting_.empty() && waiting_.top().available <= times_[question]; waiting_.pop())
        Apply(waiting_.top());
      const std::optional<Version>& newest = newest_[entity_of_[question]];
      if (newest && !newest->deleted) found_.places[question] = newest->place;
    }
    // All questions that are left know these.
    for (; !waiting_.empty() && waiting_.top().available <= end; waiting_.pop()) Apply(waiting_.top());
  }

  void Apply(const Version& version) {
    std::optional<Version>& newest = newest_[version.entity];
    if (!newest || version.Supersedes(*newest)) newest = version;
  }

  Status Read(const std::string& file) {
    const auto number = static_cast<int32_t>(found_.files.size());
    found_.files.push_back(file);
    ARROW_ASSIGN_OR_RAISE(auto opened, files_->Open(file));
    ARROW_ASSIGN_OR_RAISE(const auto reader, storage::ParquetReader::Open(
                                                 std::move(opened), PathIn(*files_, file), KeySchema()));
    int64_t first = 0;
    while (true) {
      ARROW_ASSIGN_OR_RAISE(const auto batch, reader->Next());
      if (batch == nullptr) return Status::OK();
      ARROW_RETURN_NOT_OK(Add(*batch, number, first));
      first += batch->num_rows();
    }
  }

  Status Add(const arrow::RecordBatch& keys, int32_t file, int64_t first) {
    const auto& ids = static_cast<const arrow::StringArray&>(*keys.column(0));
    const auto& events = static_cast<const arrow::StringArray&>(*keys.column(1));
    const auto& written = static_cast<const arrow::TimestampArray&>(*keys.column(2));
    const auto& deleted = static_cast<const arrow::BooleanArray&>(*keys.column(3));
    for (int64_t i = 0; i < keys.num_rows(); ++i) {
      key_.assign(ids.GetView(i));
      const auto asked = numbers_.find(key_);
      if (asked == numbers_.end()) continue;
      const auto event = base::ParseCivil(events.GetView(i));
      if (!event)
        return Status::Invalid(PathIn(*files_, found_.files.back()), ": an event time is no instant");
      Version version{
          0, event->micros, written.Value(i) * 1000, asked->second, {file, first + i}, deleted.Value(i)};
      if (as_of_ && version.written > *as_of_) continue;
      version.available = as_of_ ? version.event : std::max(version.event, version.written);
      if (version.available <= times_[order_.back()]) waiting_.push(version);
    }
    return Status::OK();
  }

  storage::ObjectStore* files_;
  const std::vector<Micros>& times_;
  std::optional<Micros> as_of_;
  std::unordered_map<std::string, size_t> numbers_;  ///< of ids
  std::vector<size_t> entity_of_, order_;            ///< by question; questions by time
  std::vector<std::optional<Version>> newest_;       ///< by id
  std::priority_queue<Version, std::vector<Version>, LaterAvailable> waiting_;
  size_t next_ = 0;
  std::string key_;
  KnownThen found_;
};

// Folders `<part>=NN` right below one, in order.
arrow::Result<std::vector<std::string>> Parts(storage::ObjectStore* files, const std::string& folder,
                                              std::string_view part) {
  ARROW_ASSIGN_OR_RAISE(auto names, files->Names(folder));
  std::erase_if(names, [&](const std::string& name) { return !name.starts_with(std::string(part) + "="); });
  std::sort(names.begin(), names.end());
  for (std::string& name : names) name = folder + "/" + name;
  return names;
}

std::optional<Micros> StartOfHour(std::string_view folder) {
  // year=2024/month=04/day=20/hour=12
  constexpr std::string_view kForm = "year=2024/month=04/day=20/hour=12";
  if (folder.size() < kForm.size()) return std::nullopt;
  const std::string_view tail = folder.substr(folder.size() - kForm.size());
  const std::string compact = std::string(tail.substr(5, 4)) + std::string(tail.substr(16, 2)) +
                              std::string(tail.substr(23, 2)) + "T" + std::string(tail.substr(31, 2)) +
                              "0000Z";
  return base::ParseCompact(compact);
}

}  // namespace

arrow::Result<std::vector<OfflineHour>> HoursUpTo(storage::ObjectStore* files,
                                                  const std::string& group_folder, Micros last) {
  std::vector<std::string> folders = {group_folder};
  for (const std::string_view part : {"year", "month", "day", "hour"}) {
    std::vector<std::string> below;
    for (const std::string& folder : folders) {
      ARROW_ASSIGN_OR_RAISE(const auto parts, Parts(files, folder, part));
      below.insert(below.end(), parts.begin(), parts.end());
    }
    folders = std::move(below);
  }
  std::vector<OfflineHour> hours;
  for (const std::string& folder : folders) {
    const auto start = StartOfHour(folder);
    if (!start || *start > last) continue;
    ARROW_ASSIGN_OR_RAISE(auto names, files->Names(folder));
    std::erase_if(names, [](const std::string& name) { return !EventTimeOfName(name); });
    std::sort(names.begin(), names.end());
    for (std::string& name : names) name = folder + "/" + name;
    hours.push_back({*start, std::move(names)});
  }
  return hours;
}

arrow::Result<KnownThen> FindKnown(storage::ObjectStore* files, const std::string& group_folder,
                                   const std::vector<std::string>& entities, const std::vector<Micros>& times,
                                   std::optional<Micros> as_of) {
  if (times.empty()) return KnownThen();
  ARROW_ASSIGN_OR_RAISE(const auto hours,
                        HoursUpTo(files, group_folder, *std::max_element(times.begin(), times.end())));
  return Finder(files, entities, times, as_of).Find(hours);
}

}  // namespace ndr::feature_store
