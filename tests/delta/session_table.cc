// SPDX-License-Identifier: Apache-2.0
#include "delta/session_table.h"

#include <arrow/array.h>
#include <arrow/array/builder_binary.h>
#include <arrow/scalar.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace ndr::delta {
namespace {

using catalogue::kSessionWords;

class Words {
 public:
  int32_t Number(const std::string& word) {
    if (word.empty()) return -1;
    const auto found = std::find(words_.begin(), words_.end(), word);
    if (found != words_.end()) return static_cast<int32_t>(found - words_.begin());
    words_.push_back(word);
    return static_cast<int32_t>(words_.size()) - 1;
  }
  std::shared_ptr<arrow::Array> Array() const {
    arrow::StringBuilder builder;
    if (!builder.AppendValues(words_).ok()) std::abort();
    return builder.Finish().ValueOrDie();
  }

 private:
  std::vector<std::string> words_;
};

}  // namespace

std::shared_ptr<arrow::RecordBatch> MakeSessions(const std::vector<SessionRow>& rows) {
  catalogue::SessionVectors v;
  std::array<Words, kSessionWords> words;
  for (const SessionRow& row : rows) {
    v.byte_offset.push_back(1000 * static_cast<int64_t>(v.rows()));
    v.event_start.push_back(row.start);
    v.event_end.push_back(row.start + row.duration.value_or(0));
    v.has_event_end.push_back(row.duration.has_value());
    v.source_ip.push_back(base::ParseAddress(row.source).value());
    v.destination_ip.push_back(base::ParseAddress(row.destination).value());
    v.source_port.push_back(row.source_port.value_or(0));
    v.has_source_port.push_back(row.source_port.has_value());
    v.destination_port.push_back(row.port.value_or(0));
    v.has_destination_port.push_back(row.port.has_value());
    const std::optional<int64_t> amounts[] = {row.bytes_src, row.bytes_dst, row.packets_src, row.packets_dst};
    for (size_t a = 0; a < catalogue::kSessionAmounts; ++a) {
      v.amounts[a].push_back(amounts[a].value_or(0));
      v.has_amount[a].push_back(amounts[a].has_value());
    }
    v.transport.push_back(static_cast<uint8_t>(row.transport));
    v.event_name.push_back(static_cast<uint8_t>(row.name));
    const std::string* texts[] = {&row.subtype, &row.action, &row.reason, &row.category, &row.device};
    for (size_t w = 0; w < kSessionWords; ++w) v.words[w].push_back(words[w].Number(*texts[w]));
    v.repeat_count.push_back(row.repeat);
    v.AppendSessionKey(row.key);
    v.AppendSequence(row.sequence);
    v.notes.push_back(row.notes);
  }
  std::array<std::shared_ptr<arrow::Array>, kSessionWords> dictionaries;
  for (size_t w = 0; w < kSessionWords; ++w) dictionaries[w] = words[w].Array();
  return std::move(v).Finish(dictionaries).ValueOrDie();
}

std::shared_ptr<const spec::Context> DefaultContext(spec::Project project) {
  return spec::MakeContext(std::move(project)).ValueOrDie();
}

MiniBatch Batch(const std::vector<std::vector<SessionRow>>& files, bool replay) {
  MiniBatch batch{"20240420T120000Z", kNoon, replay, {}};
  for (const auto& rows : files)
    batch.batches.push_back({MakeSessions(rows), static_cast<int32_t>(batch.batches.size()), false});
  return batch;
}

int64_t HostCell(const Partials& partials, const std::string& host, const std::string& role,
                 const std::string& column) {
  const auto hosts = catalogue::Addresses(*partials.host, "host_ip").ValueOrDie();
  const auto roles = catalogue::TextsOf(*partials.host, "role").ValueOrDie();
  const auto cells = catalogue::Values<int64_t>(*partials.host, column).ValueOrDie();
  for (size_t i = 0; i < hosts.size(); ++i)
    if (base::ToText(hosts[i]) == host && roles[i] == role) return cells[i];
  return -1;
}

std::vector<std::string> ShowRows(const arrow::RecordBatch& batch) {
  std::vector<std::string> rows(static_cast<size_t>(batch.num_rows()));
  for (int c = 0; c < batch.num_columns(); ++c)
    for (size_t i = 0; i < rows.size(); ++i) {
      rows[i] += (c > 0 ? " " : "") + batch.column_name(c) + "=";
      rows[i] += batch.column(c)->GetScalar(static_cast<int64_t>(i)).ValueOrDie()->ToString();
    }
  return rows;
}

}  // namespace ndr::delta
