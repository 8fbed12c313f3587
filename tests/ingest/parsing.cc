// SPDX-License-Identifier: Apache-2.0
#include "ingest/parsing.h"

#include <algorithm>

#include "ndr/catalogue/sessions.h"
#include "ndr/ingest/block_cutter.h"

namespace ndr::ingest {
namespace {

// The equation that every report promises.
void ExpectAccountedFor(const ParsedFile& file) {
  int64_t fates = 0;
  for (const char* fate : {"rows", "blank_lines", "header_lines", "other_streams", "skipped_records",
                           "unparsable", "malformed_address", "no_bytes_no_ports", "no_host", "null_start"})
    fates += file.counters.Get(fate);
  EXPECT_EQ(file.counters.Get("lines_read"), fates);
  EXPECT_EQ(file.counters.Get("rows"), static_cast<int64_t>(file.rows.size()));
  EXPECT_EQ(static_cast<int64_t>(file.quarantined.size()),
            file.counters.Get("unparsable") + file.counters.Get("malformed_address") +
                file.counters.Get("no_bytes_no_ports") + file.counters.Get("null_start"));
}

void ParseBlock(const Parser& parser, LayoutScanner* scanner, const OwnedBlock& block, ParsedFile* file) {
  const auto layout = scanner->Next(block.view());
  ASSERT_TRUE(layout.ok()) << layout.status().ToString();
  const auto parsed = parser.Parse(block.view(), *layout);
  ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
  for (int64_t row = 0; row < parsed->sessions->num_rows(); ++row)
    file->rows.push_back(ShowRow(*parsed->sessions, static_cast<size_t>(row)));
  file->counters.Add(parsed->counters);
  file->quarantined.insert(file->quarantined.end(), parsed->quarantined.begin(), parsed->quarantined.end());
}

}  // namespace

std::vector<std::string> ParsedFile::Reasons() const {
  std::vector<std::string> reasons;
  for (const Quarantined& q : quarantined)
    reasons.push_back(std::string(q.rule) + "@" + std::to_string(q.byte_offset) + ": " + q.reason);
  return reasons;
}

std::shared_ptr<const spec::Context> ContextOf(spec::Project project) {
  return spec::MakeContext(std::move(project)).ValueOrDie();
}

std::string ShowRow(const arrow::RecordBatch& sessions, size_t row) {
  const auto c = catalogue::SessionColumnsOf(sessions).ValueOrDie();
  static constexpr const char* kTransports[] = {"tcp", "udp", "icmp", "other", "absent"};
  std::string text = "start=" + base::FormatInstant(c.event_start[row]);
  const auto add = [&](std::string_view name, const std::string& value) {
    text += " " + std::string(name) + "=" + value;
  };
  if (c.has_event_end[row]) add("end", base::FormatInstant(c.event_end[row]));
  add("from", base::ToText(c.Source(row)));
  if (c.has_source_port[row]) add("port", std::to_string(c.source_port[row]));
  add("to", base::ToText(c.Destination(row)));
  if (c.has_destination_port[row]) add("port", std::to_string(c.destination_port[row]));
  for (size_t a = 0; a < catalogue::kSessionAmounts; ++a)
    if (c.has_amount[a][row]) add(catalogue::kSessionAmountNames[a], std::to_string(c.amounts[a][row]));
  add("over", kTransports[c.transport[row]]);
  if (c.event_name[row] != 0) add("name", "threat");
  for (size_t w = 0; w < catalogue::kSessionWords; ++w)
    if (const int32_t word = c.words[w][row]; word >= 0)
      add(catalogue::kSessionWordNames[w], std::string(c.words[w].words[static_cast<size_t>(word)]));
  if (c.repeat_count[row] != 1) add("repeat", std::to_string(c.repeat_count[row]));
  if (c.has_session_key[row]) add("key", std::string(c.session_key[row]));
  if (c.has_sequence[row]) add("sequence", std::string(c.sequence[row]));
  if (c.notes[row] != 0) add("notes", std::to_string(c.notes[row]));
  return text;
}

ParsedFile ParseLog(Source source, std::string_view log, const std::shared_ptr<const spec::Context>& context,
                    size_t block_bytes) {
  ParsedFile file;
  const auto parser = Parser::Make(context, source).ValueOrDie();
  LayoutScanner scanner(parser, "test.log");
  BlockCutter cutter(block_bytes);
  for (size_t at = 0; at < log.size(); at += block_bytes) {
    cutter.Append(log.substr(at, block_bytes));
    while (const auto block = cutter.Next()) ParseBlock(*parser, &scanner, *block, &file);
  }
  while (const auto block = cutter.Finish()) ParseBlock(*parser, &scanner, *block, &file);
  ExpectAccountedFor(file);
  return file;
}

}  // namespace ndr::ingest
