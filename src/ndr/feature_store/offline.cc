// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/offline.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>

#include <algorithm>
#include <map>

#include "ndr/feature_store/offline_layout.h"
#include "ndr/feature_store/record.h"
#include "ndr/storage/dataset_reader.h"

namespace ndr::feature_store {
namespace {

using arrow::Status;
using base::Micros;

template <class Builder, class Get>
arrow::Result<std::shared_ptr<arrow::Array>> Column(const Records& records, size_t feature, Get get) {
  Builder builder;
  ARROW_RETURN_NOT_OK(builder.Reserve(static_cast<int64_t>(records.rows())));
  for (size_t row = 0; row < records.rows(); ++row) {
    const Value value = records.value(row, feature);
    ARROW_RETURN_NOT_OK(value.kind == Value::Kind::kAbsent ? builder.AppendNull()
                                                           : builder.Append(get(value)));
  }
  return builder.Finish();
}

arrow::Result<std::shared_ptr<arrow::Array>> FeatureColumn(const Records& records, size_t feature,
                                                           FeatureType type) {
  switch (type) {
    case FeatureType::kIntegral:
      return Column<arrow::Int64Builder>(records, feature, [](const Value& v) { return v.integral; });
    case FeatureType::kFractional:
      return Column<arrow::DoubleBuilder>(records, feature, [](const Value& v) { return v.fractional; });
    case FeatureType::kString:
      return Column<arrow::StringBuilder>(records, feature, [](const Value& v) { return v.text; });
  }
  return Status::Invalid("a feature of no type");
}

template <class Get>
arrow::Result<std::shared_ptr<arrow::Array>> TextsBy(size_t rows, Get get) {
  arrow::StringBuilder builder;
  for (size_t row = 0; row < rows; ++row) ARROW_RETURN_NOT_OK(builder.Append(get(row)));
  return builder.Finish();
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> ToOffline(const Group& group, const Records& records,
                                                             const std::shared_ptr<arrow::Schema>& schema,
                                                             Micros write_time) {
  const size_t rows = records.rows();
  arrow::ArrayVector arrays(3);
  ARROW_ASSIGN_OR_RAISE(arrays[0], TextsBy(rows, [&](size_t i) { return records.entity_id(i); }));
  ARROW_ASSIGN_OR_RAISE(arrays[1],
                        TextsBy(rows, [&](size_t i) { return base::FormatInstant(records.event_time(i)); }));
  ARROW_ASSIGN_OR_RAISE(arrays[2], TextsBy(rows, [&](size_t i) { return records.record_id(i); }));
  for (size_t f = 0; f < group.features.size(); ++f) {
    ARROW_ASSIGN_OR_RAISE(arrays.emplace_back(), FeatureColumn(records, f, group.features[f].type));
  }
  const auto count = static_cast<int64_t>(rows);
  const arrow::TimestampScalar time(write_time / 1000,
                                    schema->GetFieldByName(std::string(kWriteTime))->type());
  ARROW_ASSIGN_OR_RAISE(const auto times, arrow::MakeArrayFromScalar(time, count));
  ARROW_ASSIGN_OR_RAISE(const auto deleted, arrow::MakeArrayFromScalar(arrow::BooleanScalar(false), count));
  arrays.insert(arrays.end(), {times, times, deleted});
  return arrow::RecordBatch::Make(schema, count, std::move(arrays));
}

class OfflineWriter {
 public:
  OfflineWriter(const std::string& root, const spec::Context& context, Micros write_time,
                std::shared_ptr<storage::ObjectStore> to, OfflineReport* report)
      : root_(root), context_(context), write_time_(write_time), to_(std::move(to)), report_(report) {}

  // Rows of a slice dataset end with their batch.
  Status Write(const Group& group, const std::string& group_folder, const storage::FileEntry& file,
               Micros end) {
    if (file.rows == 0) return Status::OK();
    const std::string folder = group_folder + "/" + HourFolder(end);
    const std::string name = OfflineFileName(end, file.sha256, group);
    ARROW_ASSIGN_OR_RAISE(const bool stands, Stands(folder, name));
    if (stands) return ++report_->known_files, Status::OK();
    ARROW_ASSIGN_OR_RAISE(const storage::EncodedFile encoded, Encoded(group, file, end));
    ARROW_RETURN_NOT_OK(to_->Put(folder + "/" + name, encoded.view()));
    ++report_->files;
    report_->records += encoded.rows;
    report_->bytes += encoded.bytes->size();
    return Status::OK();
  }

 private:
  arrow::Result<bool> Stands(const std::string& folder, const std::string& name) {
    if (folder != folder_) {
      ARROW_ASSIGN_OR_RAISE(names_, to_->Names(folder));
      folder_ = folder;
    }
    return std::find(names_.begin(), names_.end(), name) != names_.end();
  }

  arrow::Result<storage::EncodedFile> Encoded(const Group& group, const storage::FileEntry& file,
                                              Micros end) {
    const auto schema = OfflineSchema(group);
    ARROW_ASSIGN_OR_RAISE(const auto encoder, storage::ParquetEncoder::Make(schema));
    storage::DatasetReader reader(root_, *context_.catalogue, group.dataset, {file},
                                  Records::ColumnsFor(group));
    while (true) {
      ARROW_ASSIGN_OR_RAISE(auto batch, reader.Next());
      if (batch == nullptr) return encoder->Finish();
      ARROW_ASSIGN_OR_RAISE(const Records records, Records::Make(group, std::move(batch)));
      for (size_t i = 0; i < records.rows(); ++i)
        if (records.event_time(i) != end)
          return Status::Invalid(file.path, ": a row ends at ", base::FormatInstant(records.event_time(i)),
                                 ", its batch at ", base::FormatInstant(end));
      ARROW_ASSIGN_OR_RAISE(auto converted, ToOffline(group, records, schema, write_time_));
      ARROW_RETURN_NOT_OK(encoder->Append(std::move(converted)));
    }
  }

  const std::string& root_;
  const spec::Context& context_;
  Micros write_time_;
  std::shared_ptr<storage::ObjectStore> to_;
  OfflineReport* report_;
  std::string folder_;  ///< whose names these are
  std::vector<std::string> names_;
};

}  // namespace

arrow::Result<OfflineReport> WriteOffline(const std::string& root, const spec::Context& context,
                                          const spec::FeatureGroups& settings,
                                          const std::vector<Group>& groups,
                                          const std::vector<storage::CommitRecord>& commits,
                                          Micros write_time) {
  OfflineReport report;
  ARROW_ASSIGN_OR_RAISE(auto files, OpenOffline(settings));
  OfflineWriter writer(root, context, write_time, std::move(files), &report);
  for (const Group& group : groups) {
    const std::string folder = OfflineFolder(settings, group.name);
    for (const storage::CommitRecord& commit : commits) {
      if (commit.key.family != storage::FamilyOf(group.dataset)) continue;
      for (const storage::FileEntry& file : commit.FilesOf(group.dataset))
        ARROW_RETURN_NOT_OK(writer.Write(group, folder, file, commit.at + base::kSliceMicros));
    }
  }
  return report;
}

}  // namespace ndr::feature_store
