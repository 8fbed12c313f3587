// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/pair_columns.h"

#include "ndr/catalogue/batch.h"
#include "ndr/correlation/columns.h"

namespace ndr::correlation {
namespace {

// Columns of the shown rows, each made by a function of a row.
class Shown {
 public:
  Shown(const PairRows& pairs, size_t horizons, size_t horizon)
      : pairs_(pairs), horizons_(horizons), horizon_(horizon) {
    for (size_t i = 0; i < pairs.rows.size(); ++i)
      if (In(i).is_shown) shown_.push_back(i);
  }
  size_t size() const { return shown_.size(); }
  template <class T, class Of>
  std::vector<T> Column(Of of) const {
    std::vector<T> values;
    values.reserve(shown_.size());
    for (const size_t i : shown_) values.push_back(static_cast<T>(of(pairs_.rows[i], In(i))));
    return values;
  }

 private:
  const PairInHorizon& In(size_t row) const { return pairs_.horizons[row * horizons_ + horizon_]; }
  const PairRows& pairs_;
  size_t horizons_, horizon_;
  std::vector<size_t> shown_;
};

using Row = PairRow;
using In = PairInHorizon;

void PutSums(const Shown& shown, catalogue::BatchBuilder* to) {
  to->Put("sessions_cnt", shown.Column<int64_t>([](const Row& r, const In&) { return r.sums.sessions; }));
  to->Put("bytes_src_sum", shown.Column<int64_t>([](const Row& r, const In&) { return r.sums.bytes_src; }));
  to->Put("bytes_dst_sum", shown.Column<int64_t>([](const Row& r, const In&) { return r.sums.bytes_dst; }));
  to->Put("deny_cnt", shown.Column<int64_t>([](const Row& r, const In&) { return r.sums.deny; }));
  to->Put("failed_cnt", shown.Column<int64_t>([](const Row& r, const In&) { return r.sums.failed; }));
  to->Put("replied_cnt", shown.Column<int64_t>([](const Row& r, const In&) { return r.sums.replied; }));
  to->Put("active_minutes_cnt",
          shown.Column<int64_t>([](const Row& r, const In&) { return r.rhythm.active_minutes; }));
  to->Put("peer_hosts_cnt", shown.Column<int64_t>([](const Row& r, const In&) { return r.peer_hosts; }));
  PutNullable(to, "gap_median", shown.Column<double>([](const Row& r, const In&) {
    return r.rhythm.has_gap ? r.rhythm.gap_median : kNull;
  }));
  PutNullable(to, "beacon_score", shown.Column<double>([](const Row& r, const In&) {
    return r.rhythm.scored ? r.rhythm.beacon_score : kNull;
  }));
}

void PutRarity(const Setup& setup, const Shown& shown, catalogue::BatchBuilder* to) {
  const double threshold = setup.project().rarity_threshold;
  to->Put("active_days", shown.Column<int64_t>([](const Row&, const In& in) { return in.active_days; }));
  PutNullable<int64_t>(to, "pair_seen_count",
                       shown.Column<int64_t>([](const Row&, const In& in) { return in.seen; }));
  PutNullable(to, "pair_rarity_score", shown.Column<double>([](const Row&, const In& in) {
    return in.seen < 0 ? kNull : stats::Rarity(in.seen);
  }));
  PutNullable<int8_t>(to, "is_new_pair_flag", shown.Column<int8_t>([](const Row&, const In& in) {
    return in.seen < 0 ? -1 : in.seen == 0;
  }));
  PutNullable<int8_t>(to, "is_rare_pair_flag", shown.Column<int8_t>([&](const Row&, const In& in) {
    return in.seen < 0 ? -1 : stats::IsRare(in.seen, threshold);
  }));
  std::vector<std::string> words(kRaritySourceNames.begin(), kRaritySourceNames.end());
  to->PutWords("pair_rarity_source",
               shown.Column<int32_t>([](const Row&, const In& in) { return in.source; }), words);
}

}  // namespace

arrow::Result<std::shared_ptr<arrow::RecordBatch>> PairColumns(const Setup& setup, size_t horizon,
                                                               base::Micros end_ts, const PairRows& pairs) {
  const Shown shown(pairs, setup.horizons(), horizon);
  catalogue::BatchBuilder to(setup.catalogue().Schema(catalogue::Dataset::kFgCPair),
                             static_cast<int64_t>(shown.size()));
  to.PutAddresses("host_ip", shown.Column<base::Address>([](const Row& r, const In&) { return r.host; }));
  const std::vector<std::string> roles(catalogue::kRoleNames.begin(), catalogue::kRoleNames.end());
  to.PutWords("role", shown.Column<int32_t>([](const Row& r, const In&) { return r.role; }), roles);
  std::vector<std::string> labels;
  for (const catalogue::Window& w : setup.catalogue().windows()) labels.push_back(w.label);
  to.PutWords("window_label", shown.Column<int32_t>([](const Row& r, const In&) { return r.window; }),
              labels);
  to.PutAddresses("peer_ip", shown.Column<base::Address>([](const Row& r, const In&) { return r.peer; }));
  to.Put("dst_port", shown.Column<uint16_t>([](const Row& r, const In&) {
    return r.port == pairs::kNoPort ? 0 : r.port;
  }),
         shown.Column<uint8_t>([](const Row& r, const In&) { return r.port != pairs::kNoPort; }));
  to.Put("window_end_ts", std::vector<int64_t>(shown.size(), end_ts));
  PutSums(shown, &to);
  PutRarity(setup, shown, &to);
  to.Put("reference_ts", std::vector<int64_t>(shown.size(), setup.reference->reference_ts()));
  return to.Finish();
}

}  // namespace ndr::correlation
