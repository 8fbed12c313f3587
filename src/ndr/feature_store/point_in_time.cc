// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/point_in_time.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>

#include "ndr/base/exit_code.h"
#include "ndr/feature_store/gather.h"
#include "ndr/feature_store/joined_file.h"
#include "ndr/feature_store/offline_layout.h"
#include "ndr/feature_store/spine.h"

namespace ndr::feature_store {
namespace {

using arrow::Status;

/// Values of a result that are held at a time, roughly.
constexpr size_t kCells = 1 << 23;

// The columns that one part gives: those that the spine and earlier parts lack.
arrow::Result<std::vector<std::shared_ptr<arrow::Schema>>> PartColumns(
    const std::vector<Group>& groups, const arrow::Schema& spine, const std::vector<std::string>& chosen) {
  std::vector<std::string> taken = spine.field_names(), left = chosen;
  taken.emplace_back(kEntityId);
  std::vector<std::shared_ptr<arrow::Schema>> parts;
  for (const Group& group : groups) {
    const auto offline = OfflineSchema(group);
    arrow::FieldVector fields;
    auto take = [&](const std::string& name) {
      if (std::find(taken.begin(), taken.end(), name) != taken.end()) return;
      taken.push_back(name);
      fields.push_back(offline->GetFieldByName(name)->WithNullable(true));
    };
    for (const std::string_view own : {kEventTime, kRecordId, kWriteTime}) take(std::string(own));
    for (const Feature& f : group.features)
      if (chosen.empty() || std::find(chosen.begin(), chosen.end(), f.name) != chosen.end()) take(f.name);
    for (const Feature& f : group.features) std::erase(left, f.name);
    parts.push_back(arrow::schema(std::move(fields)));
  }
  if (!left.empty()) return base::UsageError("'" + left.front() + "' is no feature of the group");
  return parts;
}

class Join {
 public:
  Join(storage::ObjectStore* files, const spec::FeatureGroups& settings, const std::vector<Group>& groups,
       const JoinOptions& options)
      : files_(files), settings_(settings), groups_(groups), options_(options) {}

  arrow::Result<JoinReport> Run() {
    ARROW_ASSIGN_OR_RAISE(const auto reader,
                          SpineReader::Open(options_.spine, options_.entity_tail, options_.pass_rows));
    ARROW_RETURN_NOT_OK(Describe(*reader->schema()));
    ARROW_ASSIGN_OR_RAISE(out_, JoinedFile::Open(options_.out, schema_));
    while (true) {
      ARROW_ASSIGN_OR_RAISE(const auto rows, reader->Next());
      if (rows == nullptr) break;
      ARROW_RETURN_NOT_OK(Pass(*rows));
    }
    ARROW_RETURN_NOT_OK(out_->Close());
    return report_;
  }

 private:
  Status Describe(const arrow::Schema& spine) {
    ARROW_ASSIGN_OR_RAISE(parts_, PartColumns(groups_, spine, options_.features));
    arrow::FieldVector fields = spine.fields();
    has_entity_ = spine.GetFieldIndex(std::string(kEntityId)) >= 0;
    if (!has_entity_) fields.push_back(arrow::field(std::string(kEntityId), arrow::utf8()));
    for (const auto& part : parts_) fields.insert(fields.end(), part->fields().begin(), part->fields().end());
    schema_ = arrow::schema(std::move(fields));
    return Status::OK();
  }

  Status Pass(const SpineRows& rows) {
    std::vector<KnownThen> known;
    for (const Group& group : groups_) {
      ARROW_ASSIGN_OR_RAISE(known.emplace_back(), FindKnown(files_, OfflineFolder(settings_, group.name),
                                                            rows.entities, rows.times, options_.as_of));
    }
    for (const Place& place : known.front().places) report_.found += place.file >= 0;
    const size_t count = rows.times.size();
    report_.rows += static_cast<int64_t>(count);
    const size_t step = std::max<size_t>(kCells / static_cast<size_t>(schema_->num_fields()), 1);
    for (size_t first = 0; first < count; first += step)
      ARROW_RETURN_NOT_OK(Write(rows, known, first, std::min(first + step, count)));
    return Status::OK();
  }

  Status Write(const SpineRows& rows, const std::vector<KnownThen>& known, size_t first, size_t last) {
    const auto length = static_cast<int64_t>(last - first);
    arrow::ArrayVector arrays = rows.batch->Slice(static_cast<int64_t>(first), length)->columns();
    if (!has_entity_) {
      arrow::StringBuilder ids;
      for (size_t i = first; i < last; ++i) ARROW_RETURN_NOT_OK(ids.Append(rows.entities[i]));
      ARROW_ASSIGN_OR_RAISE(arrays.emplace_back(), ids.Finish());
    }
    for (size_t part = 0; part < parts_.size(); ++part) {
      ARROW_ASSIGN_OR_RAISE(const auto gathered, Gather(files_, known[part], first, last, parts_[part]));
      arrays.insert(arrays.end(), gathered.begin(), gathered.end());
    }
    return out_->Append(arrow::RecordBatch::Make(schema_, length, std::move(arrays)));
  }

  storage::ObjectStore* files_;
  const spec::FeatureGroups& settings_;
  const std::vector<Group>& groups_;
  const JoinOptions& options_;
  std::vector<std::shared_ptr<arrow::Schema>> parts_;
  std::shared_ptr<arrow::Schema> schema_;  ///< of the result
  bool has_entity_ = false;
  std::unique_ptr<JoinedFile> out_;
  JoinReport report_;
};

}  // namespace

arrow::Result<JoinReport> JoinPointInTime(const spec::FeatureGroups& settings,
                                          const std::vector<Group>& groups, const JoinOptions& options) {
  ARROW_ASSIGN_OR_RAISE(const auto files, OpenOffline(settings));
  return Join(files.get(), settings, groups, options).Run();
}

}  // namespace ndr::feature_store
