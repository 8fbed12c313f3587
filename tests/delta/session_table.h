// SPDX-License-Identifier: Apache-2.0
// Session batches for the tests, row by row.
#pragma once

#include <arrow/record_batch.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ndr/catalogue/sessions.h"
#include "ndr/delta/delta.h"

namespace ndr::delta {

/// 2024-04-20T12:00:00Z.
inline constexpr base::Micros kNoon = 1'713'614'400'000'000;
constexpr base::Micros Seconds(double s) { return static_cast<base::Micros>(s * 1e6); }

/// One record; the defaults are an allowed TCP session of 2 s at noon, 100 bytes out and 200 in.
struct SessionRow {
  base::Micros start = kNoon;
  std::optional<base::Micros> duration = Seconds(2);
  std::string source = "10.0.0.1", destination = "203.0.113.9";
  std::optional<uint16_t> source_port = 40000, port = 443;
  std::optional<int64_t> bytes_src = 100, bytes_dst = 200, packets_src, packets_dst;
  catalogue::Transport transport = catalogue::Transport::kTcp;
  catalogue::EventName name = catalogue::EventName::kTraffic;
  std::string subtype, action = "allow", reason, category, device;
  int64_t repeat = 1;
  std::string key, sequence;
  uint8_t notes = 0;
};

/// Row i has byte_offset 1000 i.
std::shared_ptr<arrow::RecordBatch> MakeSessions(const std::vector<SessionRow>& rows);

std::shared_ptr<const spec::Context> DefaultContext(spec::Project project = spec::DefaultProject());

/// One mini-batch of one file, or of one file per batch.
MiniBatch Batch(const std::vector<std::vector<SessionRow>>& files, bool replay = true);

/// An int64 cell of the row with that host and role, or -1 when there is none.
int64_t HostCell(const Partials& partials, const std::string& host, const std::string& role,
                 const std::string& column);

/// All cells of a batch as text, one line a row: to compare whole batches.
std::vector<std::string> ShowRows(const arrow::RecordBatch& batch);

}  // namespace ndr::delta
