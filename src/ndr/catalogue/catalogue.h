// SPDX-License-Identifier: Apache-2.0
// The catalogue of one project: the declared metrics and words, with the project's windows, port sets and
// choices. Every schema, validation rule and feature list comes from here (specification 6, One catalogue).
#pragma once

#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/catalogue/metrics.h"
#include "ndr/catalogue/words.h"

namespace ndr::catalogue {

/// The logical type of a column. Addresses are 16 bytes in record batches and canonical text on storage.
enum class Type : uint8_t {
  kText,
  kAddress,
  kInstant,
  kInt64,
  kInt32,
  kUint16,
  kFlag,
  kFloat64,
  kInt64List,
  kTextList,
  kTopFeatures,
  kReasons
};

struct Column {
  std::string name;
  Type type;
  bool nullable = false;
  std::string meaning;
};

/// A metric of the project: a line of kMetrics, or the count of a port set of the project's own.
struct ProjectMetric {
  std::string name;    ///< short: `new_peer_cnt`
  std::string column;  ///< full: `new_peer_cnt_lookback30d`; the name in FG-A, FG-B and FG-C
  const Metric* word;  ///< for a port set of the project's own: that of admin_port_sessions_cnt
  Type type;           ///< kInt64, kFloat64, kFlag; of a witness kUint16 or kAddress
  double resolution;
  bool baselineable;  ///< numeric, and no novelty, rarity or beacon column but the default ones
};

struct Window {
  std::string label;
  int slices;
  /// At least 95 % of its slices are committed: only then is a row normal, or evidence (specification 3).
  constexpr bool IsCoveredBy(int64_t committed) const { return 20 * committed >= 19 * int64_t{slices}; }
  friend bool operator==(const Window&, const Window&) = default;
};

/// Lists that may be empty are then those of defaults.h.
struct CatalogueOptions {
  std::vector<Window> windows;  ///< may be empty
  int lookback_days = 30;
  std::vector<std::string> extra_port_sets;    ///< `X_PORTS` of the project's own, in its order
  std::vector<std::string> baselined_metrics;  ///< short names; may be empty
  std::vector<std::string> rank_metrics;       ///< may be empty
  std::vector<std::string> transforms;         ///< may be empty
  std::vector<std::string> extra_scores;       ///< names of scores of the project's own
};

enum class Dataset : uint8_t {
  kDeltaHost,
  kDeltaPair,
  kPairCounts,
  kLookback,
  kFgA,
  kFgAWide,
  kFgBHost,
  kFgBSegment,
  kFgBGlobal,
  kIpMetadata,
  kPairHost,
  kPairSegment,
  kFgCHost,
  kFgCPair,
  kEvidence
};
inline constexpr int kDatasets = 15;
/// `delta/host`, `fg_b/pair/segment`, ...: the folder below the root.
std::string_view PathOf(Dataset dataset);
/// The first part of a dataset's path, one of kFamilies: its datasets are committed together.
std::string_view FamilyOf(Dataset dataset);
/// nullopt-like: kDatasets when the path names none.
int FindDataset(std::string_view path);

/// Immutable; made once per run. Pointers and references into it live as long as it does.
class Catalogue {
 public:
  /// Refuses (Invalid, with the key and the nearest known name) unknown metrics and transforms, windows that
  /// are no multiple of the slice up to 7 days or repeat a label, a baselined list without sessions_cnt,
  /// ill-formed port sets.
  static arrow::Result<std::shared_ptr<const Catalogue>> Make(CatalogueOptions options);

  const CatalogueOptions& options() const { return options_; }
  /// Shortest first.
  const std::vector<Window>& windows() const { return windows_; }
  /// Index into windows(), or -1.
  int FindWindow(std::string_view label) const;
  /// All metrics of FG-A in catalogue order; the first kMetricCount are kMetrics, index for index.
  const std::vector<ProjectMetric>& metrics() const { return metrics_; }
  /// Index into metrics() by short or full name, or -1.
  int FindMetricIndex(std::string_view name) const;
  /// Indices into metrics(), in catalogue order.
  const std::vector<int>& baselined() const { return baselined_; }
  const std::vector<int>& ranked() const { return ranked_; }
  const std::vector<Transform>& transforms() const { return transforms_; }
  /// The additive int64 columns of delta/host: kDeltaCounts, then port sets of the project's own.
  const std::vector<std::string>& delta_counts() const { return delta_counts_; }

  /// The columns of a dataset, in order, without those that stand in the path only.
  const std::vector<Column>& Columns(Dataset dataset) const { return columns_[static_cast<size_t>(dataset)]; }
  /// As record batches carry them (addresses fixed_size_binary(16)).
  std::shared_ptr<arrow::Schema> Schema(Dataset dataset) const;
  /// As Parquet files carry them (addresses utf8).
  std::shared_ptr<arrow::Schema> StorageSchema(Dataset dataset) const;
  /// Columns that identify a row of a dataset, by name.
  std::vector<std::string> Key(Dataset dataset) const;
  /// Differs when the meaning of the family's data does, or of what they are made from: by the words, or by
  /// the revision of the formulas (meaning.h). `family`: one of kFamilies.
  const std::string& hash(std::string_view family) const;

 private:
  Catalogue() = default;
  arrow::Status MakeMetrics();
  arrow::Status ChooseMetrics();
  void MakeColumns();

  CatalogueOptions options_;
  std::vector<Window> windows_;
  std::vector<ProjectMetric> metrics_;
  std::vector<int> baselined_, ranked_;
  std::vector<Transform> transforms_;
  std::vector<std::string> delta_counts_;
  std::vector<Column> columns_[kDatasets];
  std::vector<std::string> hashes_;  // by kFamilies
};

/// The name among `known` nearest to `name` by edit distance, for messages; empty when nothing is near.
std::string Nearest(std::string_view name, const std::vector<std::string>& known);

}  // namespace ndr::catalogue
