// SPDX-License-Identifier: Apache-2.0
#include "ndr/baselines/plan.h"

#include <algorithm>

#include "ndr/catalogue/defaults.h"

namespace ndr::baselines {

using arrow::Status;

namespace {

// The larger support_min named for the metric and for the window, else the default.
std::vector<int64_t> SupportMin(const spec::SupportMin& options, const catalogue::ProjectMetric& metric,
                                const std::vector<catalogue::Window>& windows) {
  auto of_metric = options.metrics.find(metric.name);
  if (of_metric == options.metrics.end()) of_metric = options.metrics.find(metric.column);
  std::vector<int64_t> minima;
  for (const catalogue::Window& window : windows) {
    const auto of_window = options.windows.find(window.label);
    const bool has_metric = of_metric != options.metrics.end(),
               has_window = of_window != options.windows.end();
    int64_t s = options.by_default;
    if (has_metric) s = of_metric->second;
    if (has_window) s = has_metric ? std::max(s, of_window->second) : of_window->second;
    minima.push_back(s);
  }
  return minima;
}

Status CheckNames(const spec::SupportMin& options, const catalogue::Catalogue& catalogue) {
  for (const auto& [name, s] : options.metrics)
    if (catalogue.FindMetricIndex(name) < 0)
      return Status::Invalid("support_min.metrics.", name, ": no such metric");
  for (const auto& [label, s] : options.windows)
    if (catalogue.FindWindow(label) < 0)
      return Status::Invalid("support_min.windows.", label, ": no such window");
  return Status::OK();
}

}  // namespace

arrow::Result<size_t> Plan::Column(const std::string& name, std::string_view key) {
  const auto& catalogue = *context_->catalogue;
  const int index = catalogue.FindMetricIndex(name);
  if (index < 0) return Status::Invalid(key, ": '", name, "' is no metric");
  const catalogue::ProjectMetric& metric = catalogue.metrics()[static_cast<size_t>(index)];
  if (!metric.baselineable) return Status::Invalid(key, ": '", name, "' can't be baselined");
  for (size_t c = 0; c < columns_.size(); ++c)
    if (columns_[c].metric == &metric) return c;
  columns_.push_back({&metric, SupportMin(context_->project.support_min, metric, catalogue.windows())});
  return columns_.size() - 1;
}

arrow::Result<std::shared_ptr<const Plan>> Plan::Make(std::shared_ptr<const spec::Context> context) {
  std::shared_ptr<Plan> plan(new Plan(std::move(context)));
  const spec::Project& project = plan->context_->project;
  const auto& catalogue = *plan->context_->catalogue;
  ARROW_RETURN_NOT_OK(CheckNames(project.support_min, catalogue));
  if (project.capping.w_anom_thousandths < 0 || project.capping.w_anom_thousandths > kFullWeight)
    return Status::Invalid("capping.w_anom: must lie between 0 and 1");
  for (const int i : catalogue.baselined())
    ARROW_RETURN_NOT_OK(plan->Column(catalogue.metrics()[static_cast<size_t>(i)].name, "baselined_metrics"));

  const auto& key_metrics = project.capping.key_metrics;
  for (const std::string& name : key_metrics.empty() ? catalogue::DefaultKeyMetrics() : key_metrics) {
    ARROW_ASSIGN_OR_RAISE(const size_t column, plan->Column(name, "capping.key_metrics"));
    plan->key_columns_.push_back(column);
  }
  for (const std::string& name : project.baseline_required_metrics) {
    ARROW_ASSIGN_OR_RAISE(const size_t column, plan->Column(name, "baseline_required_metrics"));
    if (column >= plan->baselined())
      return Status::Invalid("baseline_required_metrics: '", name, "' is not among baselined_metrics");
    plan->required_columns_.push_back(column);
  }
  return plan;
}

}  // namespace ndr::baselines
