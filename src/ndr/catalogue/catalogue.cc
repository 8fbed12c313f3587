// SPDX-License-Identifier: Apache-2.0
#include "ndr/catalogue/catalogue.h"

#include <arrow/type.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "ndr/catalogue/defaults.h"
#include "ndr/catalogue/families.h"
#include "ndr/catalogue/meaning.h"
#include "ndr/catalogue/schema.h"

namespace ndr::catalogue {
namespace {

using arrow::Status;

constexpr std::string_view kPaths[kDatasets] = {
    "delta/host",     "delta/pair",        "pair_counts",  "lookback",    "fg_a",
    "fg_a_wide",      "fg_b/host",         "fg_b/segment", "fg_b/global", "fg_b/ip_metadata",
    "fg_b/pair/host", "fg_b/pair/segment", "fg_c/host",    "fg_c/pair",   "fg_c/evidence"};

Type TypeOf(const Metric& m) {
  switch (m.unit) {
    case Unit::kFlag:
      return Type::kFlag;
    case Unit::kPort:
      return Type::kUint16;
    case Unit::kAddress:
      return Type::kAddress;
    case Unit::kCount:
    case Unit::kBytes:
    case Unit::kDays:
      return Type::kInt64;
    default:
      return Type::kFloat64;
  }
}

ProjectMetric FromWord(const Metric& m, size_t index, int lookback_days) {
  const bool novel = m.is_novelty() || (m.is_witness() && kMetrics[FindMetric(m.measure.of)].is_novelty());
  const bool numeric = m.unit != Unit::kPort && m.unit != Unit::kAddress;
  const bool excluded =
      novel || m.measure.kind == MeasureKind::kBeacon || m.measure.kind == MeasureKind::kCoverage;
  ProjectMetric p{
      std::string(m.name), std::string(m.name), &m,
      TypeOf(m),           Resolution(m.unit),  numeric && (!excluded || index < kDefaultBaselined)};
  if (novel) p.column += "_lookback" + std::to_string(lookback_days) + "d";
  return p;
}

bool IsPortSetName(const std::string& name) {
  return name.size() > 6 && name.ends_with("_PORTS") && std::all_of(name.begin(), name.end(), [](char c) {
           return c == '_' || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

// X_PORTS counts in x_port_sessions_cnt.
std::string PortSetMetric(std::string name) {
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return name.substr(0, name.size() - 1) + "_sessions_cnt";
}

std::shared_ptr<arrow::DataType> TopFeaturesType() {
  return arrow::list(
      arrow::struct_({arrow::field("metric", arrow::utf8()), arrow::field("value", arrow::float64()),
                      arrow::field("median", arrow::float64()), arrow::field("scale", arrow::float64()),
                      arrow::field("level", arrow::utf8()), arrow::field("z", arrow::float64())}));
}

std::shared_ptr<arrow::DataType> ReasonsType() {
  return arrow::list(
      arrow::struct_({arrow::field("kind", arrow::utf8()), arrow::field("metric", arrow::utf8()),
                      arrow::field("role", arrow::utf8()), arrow::field("window_label", arrow::utf8()),
                      arrow::field("x", arrow::float64()), arrow::field("own", arrow::float64()),
                      arrow::field("peers", arrow::float64()), arrow::field("at", arrow::utf8()),
                      arrow::field("evidence", arrow::float64()), arrow::field("standing", arrow::float64()),
                      arrow::field("gap_median", arrow::float64())}));
}

std::shared_ptr<arrow::DataType> ArrowType(Type type, bool storage) {
  switch (type) {
    case Type::kText:
      return arrow::utf8();
    case Type::kAddress:
      return storage ? arrow::utf8() : arrow::fixed_size_binary(16);
    case Type::kInstant:
      return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
    case Type::kInt64:
      return arrow::int64();
    case Type::kInt32:
      return arrow::int32();
    case Type::kUint16:
      return arrow::uint16();
    case Type::kFlag:
      return arrow::int8();
    case Type::kFloat64:
      return arrow::float64();
    case Type::kInt64List:
      return arrow::list(arrow::int64());
    case Type::kTextList:
      return arrow::list(arrow::utf8());
    case Type::kTopFeatures:
      return TopFeaturesType();
    case Type::kReasons:
      return ReasonsType();
  }
  return arrow::null();
}

std::shared_ptr<arrow::Schema> MakeSchema(const std::vector<Column>& columns, bool storage) {
  arrow::FieldVector fields;
  for (const Column& c : columns)
    fields.push_back(arrow::field(c.name, ArrowType(c.type, storage), c.nullable));
  return arrow::schema(std::move(fields));
}

}  // namespace

std::string_view PathOf(Dataset dataset) { return kPaths[static_cast<size_t>(dataset)]; }

std::string_view FamilyOf(Dataset dataset) {
  const std::string_view path = PathOf(dataset);
  return path.substr(0, path.find('/'));
}

int FindDataset(std::string_view path) {
  return static_cast<int>(std::find(std::begin(kPaths), std::end(kPaths), path) - std::begin(kPaths));
}

std::string Nearest(std::string_view name, const std::vector<std::string>& known) {
  std::string best;
  size_t best_distance = name.size() / 2 + 1;
  for (const std::string& candidate : known) {
    std::vector<size_t> row(candidate.size() + 1);
    std::iota(row.begin(), row.end(), size_t{0});
    for (size_t i = 1; i <= name.size(); ++i) {
      size_t diagonal = row[0]++;
      for (size_t j = 1; j <= candidate.size(); ++j) {
        const size_t substituted = diagonal + (name[i - 1] != candidate[j - 1]);
        diagonal = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
      }
    }
    if (row.back() < best_distance) best = candidate, best_distance = row.back();
  }
  return best;
}

namespace {

// Turns names into indices in catalogue order; an unknown one is refused with the nearest.
arrow::Result<std::vector<int>> Resolve(const Catalogue& catalogue, const std::vector<std::string>& names,
                                        std::string_view key, bool baselineable) {
  std::set<int> found;
  for (const std::string& name : names) {
    const int i = catalogue.FindMetricIndex(name);
    const bool good = i >= 0 && (!baselineable || catalogue.metrics()[static_cast<size_t>(i)].baselineable);
    if (!good) {
      std::vector<std::string> known;
      for (const ProjectMetric& m : catalogue.metrics())
        if (!baselineable || m.baselineable) known.push_back(m.name);
      const std::string nearest = Nearest(name, known);
      return Status::Invalid(key, ": '", name, i < 0 ? "' is no metric" : "' can't be baselined",
                             nearest.empty() ? "" : "; did you mean '" + nearest + "'?",
                             " ('ndr catalogue list' shows them)");
    }
    found.insert(i);
  }
  return std::vector<int>(found.begin(), found.end());
}

// Shortest first.
arrow::Result<std::vector<Window>> ResolveWindows(std::vector<Window> windows) {
  if (windows.empty()) windows = DefaultWindows();
  std::set<std::string> labels;
  std::set<int> lengths;
  for (const Window& w : windows) {
    if (w.label.empty() || w.slices < 1 || w.slices > kMaxWindowSlices)
      return Status::Invalid("windows.", w.label, ": ", w.slices, " slices; a window has 1 to ",
                             kMaxWindowSlices, " slices of 15 minutes");
    if (!labels.insert(w.label).second || !lengths.insert(w.slices).second)
      return Status::Invalid("windows.", w.label, ": label or length stands twice");
  }
  std::sort(windows.begin(), windows.end(),
            [](const Window& a, const Window& b) { return a.slices < b.slices; });
  return windows;
}

// In catalogue order.
arrow::Result<std::vector<Transform>> ResolveTransforms(std::vector<std::string> names) {
  if (names.empty()) names = DefaultTransforms();
  std::vector<std::string> known;
  for (const TransformWord& t : kTransforms) known.emplace_back(t.name);
  for (const std::string& name : names)
    if (std::find(known.begin(), known.end(), name) == known.end())
      return Status::Invalid("transforms: '", name, "' is no transform; did you mean '", Nearest(name, known),
                             "'?");
  std::vector<Transform> transforms;
  for (size_t t = 0; t < known.size(); ++t)
    if (std::find(names.begin(), names.end(), known[t]) != names.end())
      transforms.push_back(static_cast<Transform>(t));
  return transforms;
}

}  // namespace

arrow::Result<std::shared_ptr<const Catalogue>> Catalogue::Make(CatalogueOptions options) {
  std::shared_ptr<Catalogue> c(new Catalogue());
  c->options_ = std::move(options);
  ARROW_ASSIGN_OR_RAISE(c->windows_, ResolveWindows(c->options_.windows));
  ARROW_RETURN_NOT_OK(c->MakeMetrics());
  ARROW_RETURN_NOT_OK(c->ChooseMetrics());
  ARROW_ASSIGN_OR_RAISE(c->transforms_, ResolveTransforms(c->options_.transforms));
  c->MakeColumns();
  const MeaningHashes hashes = HashMeaning(*c, kFamilies);
  c->hashes_.assign(hashes.begin(), hashes.end());
  return c;
}

// The declared metrics, then those of the project's own port sets.
Status Catalogue::MakeMetrics() {
  if (options_.lookback_days < 1)
    return Status::Invalid("lookback.days: ", options_.lookback_days, " is below 1");
  for (size_t i = 0; i < kMetricCount; ++i)
    metrics_.push_back(FromWord(kMetrics[i], i, options_.lookback_days));
  delta_counts_.assign(kDeltaCounts.begin(), kDeltaCounts.end());
  for (const std::string& name : options_.extra_port_sets) {
    if (!IsPortSetName(name)) return Status::Invalid("port_sets.", name, ": a set is named like MAIL_PORTS");
    const std::string metric = PortSetMetric(name);
    if (FindMetricIndex(metric) >= 0)
      return Status::Invalid("port_sets.", name, ": its metric ", metric, " exists already");
    metrics_.push_back(
        {metric, metric, &kMetrics[MetricAt("admin_port_sessions_cnt")], Type::kInt64, 1, true});
    delta_counts_.push_back(metric);
  }
  return Status::OK();
}

// Which metrics are baselined, and which of those ranked.
Status Catalogue::ChooseMetrics() {
  const auto& baselined = options_.baselined_metrics;
  ARROW_ASSIGN_OR_RAISE(baselined_, Resolve(*this, baselined.empty() ? DefaultBaselinedMetrics() : baselined,
                                            "baselined_metrics", true));
  if (baselined_.front() != 0) return Status::Invalid("baselined_metrics: sessions_cnt must be among them");
  const bool by_default = options_.rank_metrics.empty();
  ARROW_ASSIGN_OR_RAISE(
      const auto ranked,
      Resolve(*this, by_default ? DefaultRankMetrics() : options_.rank_metrics, "rank_metrics", true));
  for (const int i : ranked)
    if (std::binary_search(baselined_.begin(), baselined_.end(), i))
      ranked_.push_back(i);
    else if (!by_default)
      return Status::Invalid("rank_metrics: ", metrics_[static_cast<size_t>(i)].name,
                             " is not among baselined_metrics");
  return Status::OK();
}

void Catalogue::MakeColumns() {
  const auto set = [&](Dataset d, std::vector<Column> columns) {
    columns_[static_cast<size_t>(d)] = std::move(columns);
  };
  set(Dataset::kDeltaHost, DeltaHostColumns(delta_counts_));
  set(Dataset::kDeltaPair, DeltaPairColumns());
  set(Dataset::kPairCounts, PairCountsColumns());
  set(Dataset::kLookback, LookbackColumns());
  set(Dataset::kFgA, FgAColumns(metrics_));
  set(Dataset::kFgAWide, FgAWideColumns(metrics_, windows_));
  for (const Dataset d : {Dataset::kFgBHost, Dataset::kFgBSegment, Dataset::kFgBGlobal})
    set(d, FgBColumns(d, metrics_, baselined_));
  set(Dataset::kIpMetadata, IpMetadataColumns());
  for (const Dataset d : {Dataset::kPairHost, Dataset::kPairSegment}) set(d, PairRarityColumns(d));
  set(Dataset::kFgCHost, FgCHostColumns(metrics_, baselined_, transforms_, options_.extra_scores));
  set(Dataset::kFgCPair, FgCPairColumns());
  set(Dataset::kEvidence, EvidenceColumns());
}

const std::string& Catalogue::hash(std::string_view family) const { return hashes_.at(FindFamily(family)); }

int Catalogue::FindWindow(std::string_view label) const {
  for (size_t i = 0; i < windows_.size(); ++i)
    if (windows_[i].label == label) return static_cast<int>(i);
  return -1;
}

int Catalogue::FindMetricIndex(std::string_view name) const {
  for (size_t i = 0; i < metrics_.size(); ++i)
    if (metrics_[i].name == name || metrics_[i].column == name) return static_cast<int>(i);
  return -1;
}

std::shared_ptr<arrow::Schema> Catalogue::Schema(Dataset dataset) const {
  return MakeSchema(Columns(dataset), false);
}
std::shared_ptr<arrow::Schema> Catalogue::StorageSchema(Dataset dataset) const {
  return MakeSchema(Columns(dataset), true);
}

std::vector<std::string> Catalogue::Key(Dataset dataset) const {
  switch (dataset) {
    case Dataset::kDeltaHost:
      return {"slice_start_ts", "host_ip", "role", "mini_batch_id"};
    case Dataset::kDeltaPair:
    case Dataset::kPairCounts:
      return {"slice_start_ts", "src_ip", "dst_ip", "dst_port", "mini_batch_id"};
    case Dataset::kLookback:
      return {"src_ip", "dst_ip", "dst_port"};
    case Dataset::kFgA:
      return {"host_ip", "role", "window_label", "window_end_ts"};
    case Dataset::kFgAWide:
    case Dataset::kEvidence:
      return {"host_ip", "window_end_ts"};
    case Dataset::kFgBHost:
    case Dataset::kIpMetadata:
      return {"host_ip", "role", "segment_id", "time_band", "window_label"};
    case Dataset::kFgBSegment:
      return {"segment_id", "role", "time_band", "window_label"};
    case Dataset::kFgBGlobal:
      return {"role", "time_band", "window_label"};
    case Dataset::kPairHost:
      return {"host_ip", "dst_ip", "dst_port"};
    case Dataset::kPairSegment:
      return {"segment_id", "dst_ip", "dst_port"};
    case Dataset::kFgCHost:
      return {"host_ip", "role", "window_label", "window_end_ts"};
    case Dataset::kFgCPair:
      return {"host_ip", "role", "window_label", "peer_ip", "dst_port", "window_end_ts"};
  }
  return {};
}

}  // namespace ndr::catalogue
