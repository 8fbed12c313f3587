// SPDX-License-Identifier: Apache-2.0
#include "ndr/catalogue/batch.h"
#include "ndr/delta/delta.h"
#include "ndr/delta/segment_words.h"

namespace ndr::delta {

arrow::Result<std::shared_ptr<arrow::RecordBatch>> PairCounts(const spec::Context& context,
                                                              const arrow::RecordBatch& pairs) {
  using catalogue::Values;
  ARROW_ASSIGN_OR_RAISE(const auto starts, Values<int64_t>(pairs, "slice_start_ts"));
  ARROW_ASSIGN_OR_RAISE(const auto ends, Values<int64_t>(pairs, "slice_end_ts"));
  ARROW_ASSIGN_OR_RAISE(const auto ids, catalogue::TextsOf(pairs, "mini_batch_id"));
  ARROW_ASSIGN_OR_RAISE(const auto sources, catalogue::Addresses(pairs, "src_ip"));
  ARROW_ASSIGN_OR_RAISE(const auto destinations, catalogue::Addresses(pairs, "dst_ip"));
  ARROW_ASSIGN_OR_RAISE(const auto ports, Values<uint16_t>(pairs, "dst_port"));
  ARROW_ASSIGN_OR_RAISE(const auto has_port, catalogue::Valid(pairs, "dst_port"));
  ARROW_ASSIGN_OR_RAISE(const auto sessions, Values<int64_t>(pairs, "sessions_cnt"));

  std::vector<int64_t> out_starts, out_ends, out_sessions;
  std::vector<base::Address> out_sources, out_destinations;
  std::vector<uint16_t> out_ports;
  std::vector<int32_t> id_offsets{0};
  std::string id_bytes;
  SegmentWords segments(context.network);
  for (size_t i = 0; i < starts.size(); ++i) {
    if (!has_port[i]) continue;
    out_starts.push_back(starts[i]);
    out_ends.push_back(ends[i]);
    id_bytes += ids[i];
    id_offsets.push_back(static_cast<int32_t>(id_bytes.size()));
    out_sources.push_back(sources[i]);
    out_destinations.push_back(destinations[i]);
    out_ports.push_back(ports[i]);
    segments.Append(sources[i]);
    out_sessions.push_back(sessions[i]);
  }
  catalogue::BatchBuilder batch(context.catalogue->Schema(catalogue::Dataset::kPairCounts),
                                static_cast<int64_t>(out_starts.size()));
  batch.Put("slice_start_ts", std::move(out_starts));
  batch.Put("event_ts", std::vector<int64_t>(out_ends));
  batch.Put("slice_end_ts", std::move(out_ends));
  batch.PutTextBytes("mini_batch_id", std::move(id_offsets), std::move(id_bytes));
  batch.PutAddresses("src_ip", out_sources);
  batch.PutAddresses("dst_ip", out_destinations);
  batch.Put("dst_port", std::move(out_ports));
  segments.Put(&batch);
  batch.Put("sessions_cnt", std::move(out_sessions));
  return batch.Finish();
}

}  // namespace ndr::delta
