// SPDX-License-Identifier: Apache-2.0
#include "ndr/views/explain.h"

#include <algorithm>
#include <map>

#include "ndr/base/exit_code.h"
#include "ndr/jobs/judge.h"
#include "ndr/storage/as_it_is_now.h"
#include "ndr/storage/commit.h"
#include "ndr/views/show.h"

namespace ndr::views {
namespace {

using arrow::Status;
using base::Micros;
using catalogue::Dataset;
using nlohmann::ordered_json;

arrow::Result<std::vector<ordered_json>> Rows(const std::string& root, const spec::Context& context,
                                              Dataset dataset, const ShowFilter& filter) {
  std::vector<ordered_json> rows;
  ARROW_RETURN_NOT_OK(Show(root, context, dataset, filter, [&](const ordered_json& row) {
    rows.push_back(row);
    return Status::OK();
  }));
  return rows;
}

// `metric=LEVEL` of baseline_level_exceptions.
std::map<std::string, std::string> Exceptions(const ordered_json& list) {
  std::map<std::string, std::string> levels;
  for (const ordered_json& entry : list) {
    const std::string text = entry;
    const size_t equals = text.find('=');
    levels[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return levels;
}

template <size_t N>
int IndexOf(const std::array<std::string_view, N>& names, const ordered_json& name) {
  if (!name.is_string()) return -1;
  const auto it = std::find(names.begin(), names.end(), name.get<std::string>());
  return it == names.end() ? -1 : static_cast<int>(it - names.begin());
}

// The baseline row of a level for a judged row.
reference::BaselineRow Find(const reference::Reference& reference, const reference::Horizon& horizon,
                            const spec::Context& context, base::Address host, const ordered_json& fg_c,
                            const std::string& level) {
  const int band = IndexOf(base::kTimeBandNames, fg_c["baseline_time_band"]);
  const auto role = static_cast<catalogue::Role>(IndexOf(catalogue::kRoleNames, fg_c["role"]));
  const int window = context.catalogue->FindWindow(fg_c["window_label"].get<std::string>());
  if (band < 0 || window < 0) return {};
  const auto b = static_cast<base::TimeBand>(band);
  if (level == "HOST") return horizon.Host(reference.AddressId(host), role, b, window);
  if (level == "SEGMENT")
    return horizon.Segment(reference.SegmentId(fg_c["segment_id"].get<std::string>()), role, b, window);
  return level == "GLOBAL" ? horizon.Global(role, b, window) : reference::BaselineRow{};
}

void AddBaseline(const reference::BaselineRow& row, size_t baselined, ExplainedMetric* metric) {
  if (!row || !row.metrics[baselined].has_median()) return;
  const reference::Baseline& b = row.metrics[baselined];
  metric->median = b.median;
  metric->p95 = b.p95;
  metric->p99 = b.p99;
  metric->mad = b.mad;
  metric->support = b.support;
  metric->cold = b.is_cold != 0;
}

std::vector<ExplainedMetric> Metrics(const spec::Context& context, const ordered_json& fg_a,
                                     const ordered_json& fg_c, base::Address host,
                                     const reference::Reference* reference,
                                     const reference::Horizon* horizon) {
  std::vector<ExplainedMetric> metrics;
  const auto& baselined = context.catalogue->baselined();
  std::map<std::string, std::string> exceptions;
  if (!fg_c.is_null()) exceptions = Exceptions(fg_c["baseline_level_exceptions"]);
  for (size_t i = 0; i < context.catalogue->metrics().size(); ++i) {
    const catalogue::ProjectMetric& m = context.catalogue->metrics()[i];
    ExplainedMetric metric;
    metric.name = m.name;
    metric.value = fg_a[m.column];
    const auto at = std::find(baselined.begin(), baselined.end(), static_cast<int>(i));
    if (!fg_c.is_null() && at != baselined.end()) {
      const auto exception = exceptions.find(m.name);
      metric.level =
          exception != exceptions.end() ? exception->second : fg_c["baseline_level"].get<std::string>();
      AddBaseline(Find(*reference, *horizon, context, host, fg_c, metric.level),
                  static_cast<size_t>(at - baselined.begin()), &metric);
      const auto z = fg_c.find(m.column + "_z_mad");
      if (z != fg_c.end() && z->is_number()) metric.z = z->get<double>();
    }
    metrics.push_back(std::move(metric));
  }
  return metrics;
}

Status NotThere(const std::string& root, const spec::Context& context, base::Address host, Micros at) {
  ARROW_ASSIGN_OR_RAISE(const auto commits,
                        storage::CommitLog(root).ReadAll("fg_a", context.project.feature_spec_version));
  std::string range = commits.empty()
                          ? ""
                          : " (committed ends reach from " +
                                base::FormatInstant(commits.front().at + base::kSliceMicros) + " to " +
                                base::FormatInstant(commits.back().at + base::kSliceMicros) + ")";
  return base::UsageError(base::ToText(host) + " has no row at " + base::FormatInstant(at) + range +
                          "; 'ndr show fg_a --root " + root + " --host " + base::ToText(host) +
                          " --since ... --columns window_end_ts' lists its ends");
}

}  // namespace

arrow::Result<Explanation> Explain(const std::string& root, const spec::Context& context, base::Address host,
                                   Micros at, const std::string& window) {
  Explanation result;
  result.host = host;
  result.at = base::SliceStart(at - 1) + base::kSliceMicros;
  ShowFilter filter;
  filter.host = host;
  filter.at = result.at;
  filter.window = window;
  ARROW_ASSIGN_OR_RAISE(const auto fg_a, Rows(root, context, Dataset::kFgA, filter));
  if (fg_a.empty()) return NotThere(root, context, host, result.at);
  result.segment = fg_a.front()["segment_id"];
  const storage::CommitLog log(root);
  ARROW_ASSIGN_OR_RAISE(const auto fg_c_commit,
                        log.Read({"fg_c", context.project.feature_spec_version,
                                  base::FormatCompact(result.at - base::kSliceMicros)}));
  std::vector<ordered_json> fg_c;
  std::shared_ptr<const reference::Reference> reference;
  if (fg_c_commit && !fg_c_commit->reference.empty()) {
    ARROW_ASSIGN_OR_RAISE(fg_c, Rows(root, context, Dataset::kFgCHost, filter));
    ARROW_ASSIGN_OR_RAISE(result.pairs, Rows(root, context, Dataset::kFgCPair, filter));
    ShowFilter evidence_filter = filter;
    evidence_filter.window.clear();
    ARROW_ASSIGN_OR_RAISE(const auto evidence, Rows(root, context, Dataset::kEvidence, evidence_filter));
    if (!evidence.empty()) result.evidence = evidence.front();
    ARROW_ASSIGN_OR_RAISE(const auto fg_b,
                          log.Read({"fg_b", context.project.feature_spec_version, fg_c_commit->reference}));
    if (fg_b)
      ARROW_RETURN_NOT_OK(storage::ReadAsItIsNow(root, *fg_b, [&](const storage::CommitRecord& now) {
        return jobs::LoadReference(root, context, now).Value(&reference);
      }));
    if (reference == nullptr)
      return base::ContractViolation("the reference " + fg_c_commit->reference +
                                     " that judged this end is not committed any more; where it is being "
                                     "replaced, run again");
  }
  for (const ordered_json& row : fg_a) {
    size_t judged = 0;
    for (const ordered_json& c : fg_c) {
      if (c["role"] != row["role"] || c["window_label"] != row["window_label"]) continue;
      const auto& horizons = reference->horizons();
      const auto horizon = std::find_if(horizons.begin(), horizons.end(),
                                        [&](const auto& h) { return h.label() == c["baseline_horizon"]; });
      if (horizon == horizons.end()) continue;
      ++judged;
      result.rows.push_back({row["role"], row["window_label"], horizon->label(), c,
                             Metrics(context, row, c, host, reference.get(), &*horizon)});
    }
    if (judged == 0)
      result.rows.push_back({row["role"], row["window_label"], "", nullptr,
                             Metrics(context, row, nullptr, host, nullptr, nullptr)});
  }
  return result;
}

}  // namespace ndr::views
