// SPDX-License-Identifier: Apache-2.0
#include <bitset>

#include "jobs/job.h"
#include "ndr/base/parallel.h"
#include "ndr/catalogue/batch.h"
#include "ndr/correlation/correlator.h"

namespace ndr::bench {

using arrow::Status;
using catalogue::Dataset;

namespace {

// Hosts without pairs: the other engine has none either.
class NoPairs : public pairs::WindowPairs {
 public:
  void Visit(base::Address, catalogue::Role,
             const std::function<void(const pairs::WindowPair&)>&) const override {}
  pairs::PairSums Sums(const pairs::WindowPair&, int) const override { return {}; }
  pairs::PairRhythm Rhythm(const pairs::WindowPair&, int) const override { return {}; }
  int64_t PeerHosts(catalogue::Role, base::Address, int) const override { return 0; }
  uint64_t generation() const override { return 1; }
};

struct Table {
  size_t horizon;
  Dataset dataset;
  std::string path;
  arrow::RecordBatchVector rows;
};

constexpr int kHorizonDays[] = {7, 30};
constexpr std::pair<Dataset, const char*> kTables[] = {{Dataset::kFgBHost, "host"},
                                                       {Dataset::kFgBSegment, "segment"},
                                                       {Dataset::kFgBGlobal, "global"},
                                                       {Dataset::kIpMetadata, "ip_metadata"}};

}  // namespace

arrow::Status FgCJob(const JobInput& input, Stopwatch* watch, const Emit& emit) {
  watch->Start();
  const catalogue::Catalogue& catalogue = *input.context->catalogue;
  const base::Micros reference_ts = kFirstDay;
  reference::Builder builder(input.context->catalogue, reference_ts);
  std::vector<Table> tables;
  for (const int days : kHorizonDays) {
    const std::string label = std::to_string(days) + "d";
    const size_t horizon = builder.AddHorizon(label, reference_ts - days * base::kMicrosPerDay, reference_ts);
    for (const auto& [dataset, name] : kTables)
      tables.push_back({horizon, dataset, input.folder + "/" + label + "/" + name + ".parquet", {}});
  }
  ARROW_RETURN_NOT_OK(base::ForEachPartition(tables.size(), input.context->threads, [&](size_t i) -> Status {
    ARROW_ASSIGN_OR_RAISE(tables[i].rows, ReadTable(catalogue, tables[i].dataset, tables[i].path));
    return Status::OK();
  }));
  for (Table& t : tables) {
    for (const auto& batch : t.rows) ARROW_RETURN_NOT_OK(builder.Add(t.horizon, t.dataset, *batch));
    t.rows.clear();
  }
  ARROW_ASSIGN_OR_RAISE(const auto reference, builder.Finish());
  ARROW_ASSIGN_OR_RAISE(const auto read, ReadTable(catalogue, Dataset::kFgA, input.folder + "/fg_a.parquet"));
  ARROW_ASSIGN_OR_RAISE(const auto fg_a, catalogue::Concatenate(catalogue.Schema(Dataset::kFgA), read));
  ARROW_ASSIGN_OR_RAISE(const auto correlator, correlation::Correlator::Make(input.context, reference));
  ARROW_ASSIGN_OR_RAISE(const auto out, correlator->Correlate(*fg_a, NoPairs()));
  watch->Stop();
  for (const auto& horizon : out.horizons) ARROW_RETURN_NOT_OK(emit(horizon.label, horizon.host));
  return Status::OK();
}

}  // namespace ndr::bench
