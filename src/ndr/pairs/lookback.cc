// SPDX-License-Identifier: Apache-2.0
#include "ndr/pairs/lookback.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <tuple>

#include "ndr/pairs/pair_rows.h"

namespace ndr::pairs {
namespace {

struct Key {
  base::Address src, dst;
  int32_t port;
  friend auto operator<=>(const Key&, const Key&) = default;
};
struct KeyHash {
  using is_avalanching = void;
  size_t operator()(const Key& k) const {
    return base::Mix(base::Hash(k.src), base::Mix(base::Hash(k.dst), static_cast<uint32_t>(k.port)));
  }
};

}  // namespace

struct LookbackBuilder::State {
  std::shared_ptr<const spec::Context> context;
  boost::unordered_flat_map<Key, int64_t, KeyHash> sessions;
};

LookbackBuilder::LookbackBuilder(std::shared_ptr<const spec::Context> context)
    : state_(new State{std::move(context), {}}) {}
LookbackBuilder::~LookbackBuilder() = default;
LookbackBuilder::LookbackBuilder(LookbackBuilder&&) noexcept = default;
LookbackBuilder& LookbackBuilder::operator=(LookbackBuilder&&) noexcept = default;

arrow::Status LookbackBuilder::Add(const arrow::RecordBatch& pairs) {
  ARROW_ASSIGN_OR_RAISE(const PairColumns c, PairColumns::Of(pairs, true));
  for (size_t row = 0; row < c.size(); ++row) {
    int64_t& sum = state_->sessions[Key{c.Source(row), c.Destination(row), c.Port(row)}];
    if (__builtin_add_overflow(sum, c.sessions[row], &sum)) sum = INT64_MAX;
  }
  return arrow::Status::OK();
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> LookbackBuilder::Finish() {
  std::vector<std::pair<Key, int64_t>> rows(state_->sessions.begin(), state_->sessions.end());
  std::sort(rows.begin(), rows.end());
  std::vector<base::Address> src, dst;
  std::vector<uint16_t> port;
  std::vector<uint8_t> port_valid;
  std::vector<int64_t> sessions;
  for (const auto& [key, n] : rows) {
    src.push_back(key.src);
    dst.push_back(key.dst);
    port.push_back(key.port < 0 ? uint16_t{0} : static_cast<uint16_t>(key.port));
    port_valid.push_back(key.port >= 0);
    sessions.push_back(n);
  }
  catalogue::BatchBuilder batch(state_->context->catalogue->Schema(catalogue::Dataset::kLookback),
                                static_cast<int64_t>(rows.size()));
  batch.PutAddresses("src_ip", src);
  batch.PutAddresses("dst_ip", dst);
  batch.Put("dst_port", std::move(port), port_valid);
  batch.Put("sessions_cnt", std::move(sessions));
  return batch.Finish();
}

}  // namespace ndr::pairs
