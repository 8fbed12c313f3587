// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/ingest.h"

#include "ndr/storage/dataset_reader.h"

namespace ndr::feature_store {
namespace {

using arrow::Status;

Status IngestFile(const std::string& root, const spec::Context& context, const Group& group,
                  const storage::FileEntry& file, OnlineStore* store) {
  const Unit unit{group.name, file.path, file.sha256};
  ARROW_ASSIGN_OR_RAISE(const bool done, store->IsDone(unit, file.rows));
  if (done) return Status::OK();
  storage::DatasetReader reader(root, *context.catalogue, group.dataset, {file}, Records::ColumnsFor(group));
  int64_t rows = 0;
  while (true) {
    ARROW_ASSIGN_OR_RAISE(auto batch, reader.Next());
    if (batch == nullptr) return store->Complete(unit, rows);
    ARROW_ASSIGN_OR_RAISE(Records records, Records::Make(group, std::move(batch)));
    const auto count = static_cast<int64_t>(records.rows());
    ARROW_RETURN_NOT_OK(store->Put(group, unit, rows, std::make_shared<const Records>(std::move(records))));
    rows += count;
  }
}

}  // namespace

arrow::Result<std::vector<Group>> ChosenGroups(const spec::Context& context,
                                               const spec::FeatureGroups& settings,
                                               const std::vector<catalogue::Dataset>& datasets) {
  std::vector<Group> groups;
  const spec::Project& project = context.project;
  for (const catalogue::Dataset dataset : datasets) {
    const auto named = settings.names.find(std::string(NameOf(dataset)));
    const std::string name =
        named == settings.names.end()
            ? DefaultGroupName(project.project_name, project.feature_spec_version, dataset)
            : named->second;
    ARROW_ASSIGN_OR_RAISE(const auto parts, GroupsOf(*context.catalogue, dataset, name));
    groups.insert(groups.end(), parts.begin(), parts.end());
  }
  return groups;
}

arrow::Result<std::vector<storage::CommitRecord>> CommitsBetween(const std::string& root,
                                                                 const spec::Context& context,
                                                                 catalogue::Dataset dataset,
                                                                 base::Micros since, base::Micros until) {
  ARROW_ASSIGN_OR_RAISE(auto commits, storage::CommitLog(root).ReadAll(storage::FamilyOf(dataset),
                                                                       context.project.feature_spec_version));
  std::erase_if(commits, [&](const storage::CommitRecord& commit) {
    const base::Micros end = commit.at + base::kSliceMicros;
    return end < since || end > until;
  });
  return commits;
}

Status IngestCommits(const std::string& root, const spec::Context& context, const std::vector<Group>& groups,
                     const std::vector<storage::CommitRecord>& commits, OnlineStore* store) {
  for (const storage::CommitRecord& commit : commits)
    for (const Group& group : groups) {
      if (storage::FamilyOf(group.dataset) != commit.key.family) continue;
      for (const storage::FileEntry& file : commit.FilesOf(group.dataset))
        ARROW_RETURN_NOT_OK(IngestFile(root, context, group, file, store));
    }
  return Status::OK();
}

}  // namespace ndr::feature_store
