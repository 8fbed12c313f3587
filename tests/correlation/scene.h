// SPDX-License-Identifier: Apache-2.0
// A small world for tests of correlation: FG-A rows, FG-B tables and pairs, of which a test names only what
// it is about.
#pragma once

#include <arrow/record_batch.h>

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "ndr/correlation/correlator.h"
#include "ndr/correlation/transforms.h"

namespace ndr::correlation {

using catalogue::Dataset;
using catalogue::Role;

inline constexpr auto kOut = Role::kOutbound;
inline constexpr auto kIn = Role::kInbound;
inline constexpr const char* kHostText = "10.0.0.5";
inline constexpr const char* kSegmentText = "10.0.0.0/24";

/// A cell of a record: null, number, text or address.
using Cell = std::variant<std::monostate, double, std::string, base::Address>;
using Record = std::map<std::string, Cell>;
/// Columns that a record does not name are 0, "" or ::.
std::shared_ptr<arrow::RecordBatch> BatchOf(const std::shared_ptr<arrow::Schema>& schema,
                                            const std::vector<Record>& records);

/// A null is NaN.
double NumberAt(const arrow::RecordBatch& batch, const std::string& column, int64_t row);
/// A null is "null".
std::string TextAt(const arrow::RecordBatch& batch, const std::string& column, int64_t row);
/// The text of an address.
std::string AddressAt(const arrow::RecordBatch& batch, const std::string& column, int64_t row);
std::vector<std::string> ListAt(const arrow::RecordBatch& batch, const std::string& column, int64_t row);

base::Address Ip(const char* text);

/// Pairs given one by one.
class FakePairs : public pairs::WindowPairs {
 public:
  struct Entry {
    base::Address host, peer;
    Role role = Role::kOutbound;
    int32_t port = pairs::kNoPort;
    std::vector<int64_t> sessions;          ///< by window, shortest first
    std::vector<pairs::PairSums> sums;      ///< by window; `sessions` is set from above
    std::vector<pairs::PairRhythm> rhythm;  ///< by window
    int64_t peer_hosts = 1;
  };
  /// A pair with the same sums and rhythm in all of `windows` windows.
  Entry& Add(const char* host, Role role, const char* peer, int32_t port, pairs::PairSums sums,
             int windows = 5);

  void Visit(base::Address host, Role role,
             const std::function<void(const pairs::WindowPair&)>& visit) const override;
  pairs::PairSums Sums(const pairs::WindowPair& pair, int window) const override;
  pairs::PairRhythm Rhythm(const pairs::WindowPair& pair, int window) const override;
  int64_t PeerHosts(Role role, base::Address peer, int window) const override;
  uint64_t generation() const override { return generation_; }

  std::vector<Entry> entries;
  uint64_t generation_ = 1;
};

/// Statistics of one metric: what a test does not name is 0, and warm.
struct Stats {
  double median = 0, mad = 0, iqr = 0, p95 = 0, p99 = 0;
  int64_t support = 100;
  bool cold = false;
};
using StatsByMetric = std::map<std::string, Stats>;

/// 2024-04-22 is a Monday; noon is in working hours.
inline const base::Micros kNoon = *base::ParseCompact("20240422T120000Z");

class Scene {
 public:
  explicit Scene(spec::Project project = spec::DefaultProject(), int threads = 1);

  /// An FG-A row of `host` with a band and window; metrics by full or short name, the others 0.
  void Row(const char* host, Role role, const char* window, Record metrics, const char* band = "WD_WORKING");
  /// `more`: columns such as hosts_cnt or time_band. Metrics that are not named have Stats{}.
  void Host(size_t horizon, const char* host, Role role, const char* window, const StatsByMetric& stats,
            Record more = {});
  void Segment(size_t horizon, const char* segment, Role role, const char* window, const StatsByMetric& stats,
               Record more = {});
  void Global(size_t horizon, Role role, const char* window, const StatsByMetric& stats, Record more = {});
  void Metadata(size_t horizon, const char* host, Role role, const char* window, bool cold,
                double sessions_total = 100, const char* band = "WD_WORKING");
  void PairOfHost(size_t horizon, const char* source, const char* destination, int port, int64_t seen,
                  int64_t days = 1);
  void PairOfSegment(size_t horizon, const char* segment, const char* destination, int port, int64_t seen);

  std::shared_ptr<arrow::RecordBatch> FgA() const;
  std::shared_ptr<const reference::Reference> MakeReference() const;
  BatchOutput Correlate() const;
  BatchOutput Correlate(const arrow::RecordBatch& fg_a) const;
  const catalogue::Catalogue& catalogue() const { return *context->catalogue; }

  std::shared_ptr<const spec::Context> context;
  std::vector<std::pair<std::string, int>> horizons = {{"7d", 7}};  ///< label, days
  base::Micros end = kNoon;
  std::vector<Record> rows;
  FakePairs pairs;

 private:
  Record Statistics(const StatsByMetric& stats, Record key) const;
  std::map<std::pair<size_t, Dataset>, std::vector<Record>> tables_;
};

}  // namespace ndr::correlation
