// SPDX-License-Identifier: Apache-2.0
#include "ndr/views/show.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "ndr/base/exit_code.h"
#include "ndr/catalogue/batch.h"
#include "ndr/catalogue/describe.h"
#include "ndr/storage/as_it_is_now.h"
#include "ndr/storage/dataset_reader.h"
#include "ndr/views/root_contents.h"

namespace ndr::views {
namespace {

using arrow::Status;
using base::Micros;
using nlohmann::ordered_json;

constexpr char kHorizon[] = "baseline_horizon", kReference[] = "reference_ts";

// Which rows of a batch pass.
class RowFilter {
 public:
  static arrow::Result<RowFilter> Make(const arrow::RecordBatch& batch, const ShowFilter& filter) {
    RowFilter f(filter);
    for (const char* column : {"host_ip", "src_ip", "dst_ip"}) {
      if (!filter.host || batch.GetColumnByName(column) == nullptr) continue;
      ARROW_ASSIGN_OR_RAISE(f.addresses_.emplace_back(), catalogue::AddressBytes(batch, column));
      if (std::string_view(column) == "host_ip") break;
    }
    f.has_window_ = !filter.window.empty() && batch.GetColumnByName("window_label") != nullptr;
    if (f.has_window_) {
      ARROW_ASSIGN_OR_RAISE(f.window_, catalogue::TextsOf(batch, "window_label"));
    }
    return f;
  }
  bool Passes(size_t row) const {
    if (has_window_ && window_[row] != filter_.window) return false;
    if (!filter_.host || addresses_.empty()) return true;
    return std::any_of(addresses_.begin(), addresses_.end(), [&](const uint8_t* bytes) {
      return base::Address::FromBytes(bytes + row * base::kAddressBytes) == *filter_.host;
    });
  }

 private:
  explicit RowFilter(const ShowFilter& filter) : filter_(filter) {}
  const ShowFilter& filter_;
  std::vector<const uint8_t*> addresses_;
  bool has_window_ = false;
  catalogue::Texts window_;
};

Status CheckColumns(const spec::Context& context, catalogue::Dataset dataset,
                    const std::vector<std::string>& columns) {
  std::vector<std::string> known = {kHorizon, kReference};
  for (const catalogue::Column& c : context.catalogue->Columns(dataset)) known.push_back(c.name);
  const std::string path(catalogue::PathOf(dataset));
  for (const std::string& name : columns) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string nearest = catalogue::Nearest(name, known);
    return base::UsageError("--columns: " + path + " has no column '" + name + "'; " +
                            (nearest.empty() ? "'ndr catalogue schema " + path + "' lists them"
                                             : "the nearest is '" + nearest + "'"));
  }
  return Status::OK();
}

Status CheckWindow(const spec::Context& context, const std::string& label) {
  if (label.empty() || context.catalogue->FindWindow(label) >= 0) return Status::OK();
  std::string known;
  for (const catalogue::Window& w : context.catalogue->windows())
    known += (known.empty() ? "" : ", ") + w.label;
  return base::UsageError("--window '" + label + "' is no window; there are " + known);
}

// `baseline_horizon=7d` of a file's path; empty where it has none.
std::string HorizonOf(const std::string& path) {
  constexpr std::string_view kPart = "baseline_horizon=";
  const size_t at = path.find(kPart);
  if (at == std::string::npos) return "";
  const size_t begin = at + kPart.size();
  return path.substr(begin, path.find('/', begin) - begin);
}

bool HasHorizons(catalogue::Dataset dataset) {
  const auto partitions = catalogue::Partitions(dataset);
  return std::find(partitions.begin(), partitions.end(), kHorizon) != partitions.end();
}

std::string Listed(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// A horizon that is in none of the batches would look like one without rows.
Status CheckHorizon(const std::vector<storage::CommitRecord>& commits, catalogue::Dataset dataset,
                    const std::string& horizon) {
  if (horizon.empty()) return Status::OK();
  const std::string path(catalogue::PathOf(dataset));
  if (!HasHorizons(dataset)) return base::UsageError(path + " has no horizons; leave --horizon out");
  std::set<std::string> known;
  for (const storage::CommitRecord& commit : commits)
    for (const storage::FileEntry& file : commit.FilesOf(dataset)) known.insert(HorizonOf(file.path));
  if (known.empty() || known.contains(horizon)) return Status::OK();
  return base::UsageError("--horizon '" + horizon + "' is no horizon of " + path + " there; there are " +
                          Listed(known));
}

std::vector<storage::CommitRecord> Choose(std::vector<storage::CommitRecord> commits, bool reference,
                                          const ShowFilter& filter) {
  std::vector<storage::CommitRecord> chosen;
  const Micros step = reference ? 0 : base::kSliceMicros;  // a batch is named by the end of its slice
  for (storage::CommitRecord& c : commits) {
    if (filter.at && (reference ? c.at > *filter.at : c.at != base::SliceStart(*filter.at - 1))) continue;
    if (filter.since && c.at + step < *filter.since) continue;
    if (filter.until && c.at + step >= *filter.until) continue;
    chosen.push_back(std::move(c));
  }
  const bool newest_only = !filter.since && !filter.until;
  if (newest_only && chosen.size() > 1) chosen.erase(chosen.begin(), chosen.end() - 1);
  return chosen;
}

// A file whose first rows are there, so that what it was committed with can be had to its end.
struct OpenFile {
  std::string horizon;
  std::unique_ptr<storage::DatasetReader> reader;
  std::shared_ptr<arrow::RecordBatch> first;
};

// All of a commit before a row of it is given: it may be replaced meanwhile.
arrow::Result<std::vector<OpenFile>> OpenFiles(const std::string& root, const catalogue::Catalogue& catalogue,
                                               const std::vector<storage::FileEntry>& entries,
                                               catalogue::Dataset dataset) {
  std::vector<OpenFile> files;
  for (const storage::FileEntry& entry : entries) {
    OpenFile file{HorizonOf(entry.path),
                  std::make_unique<storage::DatasetReader>(root, catalogue, dataset,
                                                           std::vector<storage::FileEntry>{entry}),
                  nullptr};
    ARROW_ASSIGN_OR_RAISE(file.first, file.reader->Next());
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace

bool IsWanted(const std::vector<std::string>& wanted, const std::string& name) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end();
}

std::vector<std::string> ColumnsShown(const spec::Context& context, catalogue::Dataset dataset,
                                      const std::vector<std::string>& wanted) {
  std::vector<std::string> names;
  if (HasHorizons(dataset)) names.emplace_back(kHorizon);
  if (storage::IsBaseline(dataset)) names.emplace_back(kReference);
  for (const catalogue::Column& column : context.catalogue->Columns(dataset)) names.push_back(column.name);
  std::erase_if(names, [&](const std::string& name) { return !IsWanted(wanted, name); });
  return names;
}

Status Show(const std::string& root, const spec::Context& context, catalogue::Dataset dataset,
            const ShowFilter& filter, const RowCallback& row) {
  const std::string& version = context.project.feature_spec_version;
  const std::string_view family = storage::FamilyOf(dataset);
  ARROW_RETURN_NOT_OK(CheckColumns(context, dataset, filter.columns));
  ARROW_RETURN_NOT_OK(CheckWindow(context, filter.window));
  ARROW_ASSIGN_OR_RAISE(auto commits, storage::CommitLog(root).ReadAll(family, version));
  if (commits.empty()) return NothingThere(root, family, version);
  ARROW_RETURN_NOT_OK(CheckHorizon(commits, dataset, filter.horizon));
  const bool reference = storage::IsBaseline(dataset);
  for (const storage::CommitRecord& chosen : Choose(std::move(commits), reference, filter)) {
    std::vector<OpenFile> files;
    ARROW_RETURN_NOT_OK(storage::ReadAsItIsNow(root, chosen, [&](const storage::CommitRecord& commit) {
      return OpenFiles(root, *context.catalogue, commit.FilesOf(dataset, filter.horizon), dataset)
          .Value(&files);
    }));
    for (OpenFile& file : files) {
      for (auto batch = std::move(file.first); batch != nullptr;) {
        ARROW_ASSIGN_OR_RAISE(const RowFilter passes, RowFilter::Make(*batch, filter));
        for (int64_t i = 0; i < batch->num_rows(); ++i) {
          if (!passes.Passes(static_cast<size_t>(i))) continue;
          ordered_json json;
          if (!file.horizon.empty() && IsWanted(filter.columns, kHorizon)) json[kHorizon] = file.horizon;
          if (reference && IsWanted(filter.columns, kReference)) json[kReference] = chosen.key.id;
          for (int c = 0; c < batch->num_columns(); ++c)
            if (IsWanted(filter.columns, batch->column_name(c)))
              json[batch->column_name(c)] = CellAsJson(*batch->column(c), i);
          ARROW_RETURN_NOT_OK(row(json));
        }
        ARROW_ASSIGN_OR_RAISE(batch, file.reader->Next());
      }
    }
  }
  return Status::OK();
}

}  // namespace ndr::views
