// SPDX-License-Identifier: Apache-2.0
#include "ndr/windows/wide.h"

#include <arrow/array/array_base.h>

#include <string>
#include <vector>

#include "ndr/catalogue/batch.h"

namespace ndr::windows {
namespace {

using catalogue::Type;

// For each row of the wide batch the FG-A row that it takes, or -1.
using Source = std::vector<int64_t>;

template <class T>
arrow::Status Spread(const arrow::RecordBatch& fg_a, const std::string& from, const Source& source,
                     const std::string& to, catalogue::BatchBuilder* batch) {
  ARROW_ASSIGN_OR_RAISE(const auto values, catalogue::Values<T>(fg_a, from));
  ARROW_ASSIGN_OR_RAISE(const auto known, catalogue::Valid(fg_a, from));
  std::vector<T> out(source.size());
  std::vector<uint8_t> valid(source.size());
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] < 0 || !known[static_cast<size_t>(source[i])]) continue;
    out[i] = values[static_cast<size_t>(source[i])];
    valid[i] = 1;
  }
  batch->Put(to, std::move(out), valid);
  return arrow::Status::OK();
}

arrow::Status SpreadAddresses(const arrow::RecordBatch& fg_a, const std::string& from, const Source& source,
                              const std::string& to, catalogue::BatchBuilder* batch) {
  ARROW_ASSIGN_OR_RAISE(const auto values, catalogue::Addresses(fg_a, from));
  ARROW_ASSIGN_OR_RAISE(const auto known, catalogue::Valid(fg_a, from));
  std::vector<base::Address> out(source.size());
  std::vector<uint8_t> valid(source.size());
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] < 0 || !known[static_cast<size_t>(source[i])]) continue;
    out[i] = values[static_cast<size_t>(source[i])];
    valid[i] = 1;
  }
  batch->PutAddresses(to, out, valid);
  return arrow::Status::OK();
}

arrow::Status SpreadMetric(const arrow::RecordBatch& fg_a, const catalogue::ProjectMetric& metric,
                           const Source& source, const std::string& to, catalogue::BatchBuilder* batch) {
  switch (metric.type) {
    case Type::kInt64:
      return Spread<int64_t>(fg_a, metric.column, source, to, batch);
    case Type::kFloat64:
      return Spread<double>(fg_a, metric.column, source, to, batch);
    case Type::kFlag:
      return Spread<int8_t>(fg_a, metric.column, source, to, batch);
    case Type::kUint16:
      return Spread<uint16_t>(fg_a, metric.column, source, to, batch);
    default:
      return SpreadAddresses(fg_a, metric.column, source, to, batch);
  }
}

}  // namespace

arrow::Result<std::shared_ptr<arrow::RecordBatch>> Wide(const spec::Context& context,
                                                        const arrow::RecordBatch& fg_a) {
  const auto& windows = context.catalogue->windows();
  ARROW_ASSIGN_OR_RAISE(const auto host, catalogue::Addresses(fg_a, "host_ip"));
  ARROW_ASSIGN_OR_RAISE(const auto role, catalogue::TextsOf(fg_a, "role"));
  ARROW_ASSIGN_OR_RAISE(const auto label, catalogue::TextsOf(fg_a, "window_label"));
  ARROW_ASSIGN_OR_RAISE(const auto end, catalogue::Values<int64_t>(fg_a, "window_end_ts"));
  std::vector<base::Address> hosts;
  std::vector<int64_t> ends;
  std::vector<Source> sources(catalogue::kRoles * windows.size());
  for (size_t row = 0; row < host.size(); ++row) {
    if (end[row] != end[0]) return arrow::Status::Invalid("the wide export takes the rows of one end");
    if (hosts.empty() || hosts.back() != host[row]) {
      hosts.push_back(host[row]);
      ends.push_back(end[row]);
      for (Source& source : sources) source.push_back(-1);
    }
    const int w = context.catalogue->FindWindow(label[row]);
    if (w < 0) return arrow::Status::Invalid("window_label '", label[row], "' is no window of the project");
    const size_t first = role[row] == catalogue::kRoleNames[0] ? 0 : windows.size();
    sources[first + static_cast<size_t>(w)].back() = static_cast<int64_t>(row);
  }

  catalogue::BatchBuilder batch(context.catalogue->Schema(catalogue::Dataset::kFgAWide),
                                static_cast<int64_t>(hosts.size()));
  batch.PutAddresses("host_ip", hosts);
  batch.Put("window_end_ts", std::move(ends));
  for (size_t s = 0; s < sources.size(); ++s)
    for (const auto& metric : context.catalogue->metrics())
      ARROW_RETURN_NOT_OK(SpreadMetric(
          fg_a, metric, sources[s],
          (s < windows.size() ? "" : "in_") + metric.column + "_" + windows[s % windows.size()].label,
          &batch));
  return batch.Finish();
}

}  // namespace ndr::windows
