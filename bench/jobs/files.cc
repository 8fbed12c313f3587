// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>

#include "jobs/job.h"
#include "ndr/storage/parquet_file.h"

namespace ndr::bench {

spec::Project BenchProject() {
  spec::Project project = spec::DefaultProject();
  for (size_t i = 0; i < catalogue::kDefaultRanked; ++i)
    project.catalogue.baselined_metrics.emplace_back(catalogue::kMetrics[i].name);
  project.capping.at_segment_level = true;
  // The default terms need metrics beyond the 32; the other engine makes no findings at all.
  project.findings.terms = {
      {catalogue::Kind::kDenials, "deny_cnt", {catalogue::Role::kOutbound}, 50, 100, 1}};
  return project;
}

arrow::Result<std::vector<std::string>> FilesOf(const std::string& folder, const std::string& suffix) {
  std::error_code error;
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && name.ends_with(suffix) && name != "answer-key.json")
      files.push_back(entry.path().string());
  }
  if (files.empty()) return arrow::Status::IOError("no *", suffix, " below ", folder);
  std::sort(files.begin(), files.end());
  return files;
}

arrow::Result<arrow::RecordBatchVector> ReadTable(const catalogue::Catalogue& catalogue,
                                                  catalogue::Dataset dataset, const std::string& path,
                                                  const std::vector<std::string>& columns) {
  ARROW_ASSIGN_OR_RAISE(const auto reader,
                        storage::ParquetReader::Open(path, catalogue.Schema(dataset), columns));
  arrow::RecordBatchVector batches;
  for (;;) {
    ARROW_ASSIGN_OR_RAISE(auto batch, reader->Next());
    if (batch == nullptr) return batches;
    batches.push_back(std::move(batch));
  }
}

}  // namespace ndr::bench
