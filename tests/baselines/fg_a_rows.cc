// SPDX-License-Identifier: Apache-2.0
#include "fg_a_rows.h"

#include <arrow/array.h>
#include <arrow/scalar.h>

#include <cmath>

#include "ndr/catalogue/batch.h"

namespace ndr::baselines {
namespace {

template <class T>
void PutMetric(const std::vector<FgARow>& rows, const catalogue::ProjectMetric& metric,
               catalogue::BatchBuilder* batch) {
  std::vector<T> values;
  std::vector<uint8_t> valid;
  for (const FgARow& row : rows) {
    const auto it = row.values.find(metric.name);
    const double x = it == row.values.end() ? 0 : it->second;
    valid.push_back(!std::isnan(x));
    values.push_back(std::isnan(x) ? T{} : static_cast<T>(x));
  }
  batch->Put(metric.column, std::move(values), valid);
}

}  // namespace

std::shared_ptr<const spec::Context> MakeTestContext(spec::Project project) {
  auto context = std::make_shared<spec::Context>();
  if (project.catalogue.baselined_metrics.empty())
    project.catalogue.baselined_metrics = {"sessions_cnt", "bytes_src_sum", "deny_ratio"};
  if (project.capping.key_metrics.empty()) project.capping.key_metrics = {"sessions_cnt", "deny_ratio"};
  context->catalogue = *catalogue::Catalogue::Make(project.catalogue);
  context->calendar = *base::Calendar::Make(project.calendar);
  context->network = *base::Network::Make(project.network);
  context->project = std::move(project);
  return context;
}

std::shared_ptr<arrow::RecordBatch> FgABatch(const catalogue::Catalogue& catalogue,
                                             const std::vector<FgARow>& rows) {
  catalogue::BatchBuilder batch(catalogue.Schema(catalogue::Dataset::kFgA),
                                static_cast<int64_t>(rows.size()));
  std::vector<base::Address> hosts;
  std::vector<std::string> roles, segments, bands, windows;
  std::vector<int64_t> starts, ends;
  std::vector<int32_t> covered;
  for (const FgARow& row : rows) {
    hosts.push_back(*base::ParseAddress(row.host));
    roles.emplace_back(catalogue::kRoleNames[static_cast<size_t>(row.role)]);
    segments.push_back(row.segment);
    bands.emplace_back(base::kTimeBandNames[static_cast<size_t>(row.band)]);
    windows.push_back(row.window);
    const int window = catalogue.FindWindow(row.window);
    const int slices = window < 0 ? 1 : catalogue.windows()[static_cast<size_t>(window)].slices;
    starts.push_back(AtSlice(row.end - slices));
    ends.push_back(AtSlice(row.end));
    covered.push_back(row.covered);
  }
  batch.PutConstant("record_id", "");
  batch.PutAddresses("host_ip", hosts);
  batch.PutTexts("role", roles);
  batch.PutTexts("segment_id", segments);
  batch.PutTexts("time_band", bands);
  batch.PutTexts("window_label", windows);
  batch.Put("window_start_ts", starts);
  batch.Put("window_end_ts", ends);
  batch.PutConstant("mini_batch_id", "");
  batch.Put("slices_covered", covered);
  for (const char* name : {"hour_of_day", "day_of_week"}) batch.Put(name, std::vector<int32_t>(rows.size()));
  for (const char* name :
       {"is_working_hours", "is_off_hours", "is_night_hours", "is_weekend", "is_holiday", "is_offday"})
    batch.Put(name, std::vector<int8_t>(rows.size()));
  for (const catalogue::ProjectMetric& metric : catalogue.metrics()) {
    if (metric.type == catalogue::Type::kFloat64)
      PutMetric<double>(rows, metric, &batch);
    else if (metric.type == catalogue::Type::kFlag)
      PutMetric<int8_t>(rows, metric, &batch);
    else if (metric.type == catalogue::Type::kUint16)
      PutMetric<uint16_t>(rows, metric, &batch);
    else if (metric.type == catalogue::Type::kAddress)
      batch.PutAddresses(metric.column, hosts);
    else
      PutMetric<int64_t>(rows, metric, &batch);
  }
  return *batch.Finish();
}

std::string Cell(const arrow::RecordBatch& batch, int64_t row, const std::string& column) {
  const auto array = batch.GetColumnByName(column);
  if (array->IsNull(row)) return "null";
  if (array->type_id() == arrow::Type::FIXED_SIZE_BINARY)
    return base::ToText(
        base::Address::FromBytes(static_cast<const arrow::FixedSizeBinaryArray&>(*array).GetValue(row)));
  return (*array->GetScalar(row))->ToString();
}

double Number(const arrow::RecordBatch& batch, int64_t row, const std::string& column) {
  const auto array = batch.GetColumnByName(column);
  if (array->IsNull(row)) return NAN;
  switch (array->type_id()) {
    case arrow::Type::DOUBLE:
      return static_cast<const arrow::DoubleArray&>(*array).Value(row);
    case arrow::Type::INT8:
      return static_cast<const arrow::Int8Array&>(*array).Value(row);
    case arrow::Type::TIMESTAMP:
      return static_cast<double>(static_cast<const arrow::TimestampArray&>(*array).Value(row));
    default:
      return static_cast<double>(static_cast<const arrow::Int64Array&>(*array).Value(row));
  }
}

}  // namespace ndr::baselines
