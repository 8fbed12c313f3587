// SPDX-License-Identifier: Apache-2.0
#include "ndr/views/show.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "flags.h"
#include "ndr/base/exit_code.h"
#include "ndr/views/quarantine_view.h"
#include "terminal.h"
#include "verbs.h"

namespace ndr::app {
namespace {

using arrow::Status;
using nlohmann::ordered_json;

constexpr char kQuarantine[] = "quarantine";
constexpr int64_t kTableRows = 20;

struct ShowFlags {
  ProjectFlags project;
  std::string dataset, root, host, at, since, until, format = "table";
  views::ShowFilter filter;
  std::optional<int64_t> limit;
};

std::string CellText(const ordered_json& cell) {
  return cell.is_string() ? cell.get<std::string>() : cell.is_null() ? "" : cell.dump();
}

std::string CsvField(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

// A cell of the table is one line.
std::string ShownText(const ordered_json& cell) { return base::Printable(CellText(cell)); }

// Side by side where the columns fit the terminal, else one record under the other.
void PrintTable(const std::vector<ordered_json>& rows, int width) {
  if (rows.empty()) return;
  std::vector<size_t> widths;
  size_t total = 0;
  for (const auto& [name, cell] : rows.front().items()) {
    size_t w = name.size();
    for (const ordered_json& row : rows) w = std::max(w, ShownText(row[name]).size());
    widths.push_back(w);
    total += w + 2;
  }
  if (total <= static_cast<size_t>(width)) {
    size_t i = 0;
    for (const auto& [name, cell] : rows.front().items()) fmt::print("{:<{}}  ", name, widths[i++]);
    fmt::print("\n");
    for (const ordered_json& row : rows) {
      i = 0;
      for (const auto& [name, cell] : row.items()) fmt::print("{:<{}}  ", ShownText(cell), widths[i++]);
      fmt::print("\n");
    }
    return;
  }
  for (const ordered_json& row : rows) {
    for (const auto& [name, cell] : row.items()) fmt::print("{:<44} {}\n", name, ShownText(cell));
    fmt::print("\n");
  }
}

void PrintCsv(const std::vector<std::string>& cells) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) line += (i > 0 ? "," : "") + CsvField(cells[i]);
  fmt::print("{}\n", line);
}

void PrintCsvRow(const ordered_json& row) {
  std::vector<std::string> cells;
  for (const auto& cell : row) cells.push_back(CellText(cell));
  PrintCsv(cells);
}

// Rows as they come, below a header of `columns` where they are CSV; a table, whose columns are as wide as
// its cells, at the end.
Status PrintRows(const ShowFlags& flags, const std::vector<std::string>& columns,
                 const std::function<Status(const views::RowCallback&)>& read) {
  const int64_t limit = flags.limit.value_or(flags.format == "table" ? kTableRows : INT64_MAX);
  std::vector<ordered_json> table;
  int64_t rows = 0;
  ARROW_RETURN_NOT_OK(read([&](const ordered_json& row) {
    // What is wrong with the flags has been said by then.
    if (++rows == 1 && flags.format == "csv") PrintCsv(columns);
    if (rows > limit) return Status::OK();
    if (flags.format == "json") fmt::print("{}\n", row.dump());
    if (flags.format == "csv") PrintCsvRow(row);
    if (flags.format == "table") table.push_back(row);
    return Status::OK();
  }));
  if (rows == 0 && flags.format == "csv") PrintCsv(columns);
  PrintTable(table, TerminalColumns());
  if (flags.format == "table") fmt::print("{} of {} rows\n", table.size(), rows);
  return Status::OK();
}

Status RunQuarantine(ShowFlags* flags, const std::string& version) {
  views::ShowFilter& filter = flags->filter;
  for (const auto& [flag, value] :
       {std::pair("--host", &flags->host), std::pair("--at", &flags->at), std::pair("--since", &flags->since),
        std::pair("--until", &flags->until), std::pair("--window", &filter.window),
        std::pair("--horizon", &filter.horizon)})
    if (!value->empty())
      return base::UsageError(std::string("records in quarantine are by log file; leave ") + flag + " out");
  return PrintRows(*flags, views::QuarantineShown(filter.columns), [&](const views::RowCallback& row) {
    return views::ShowQuarantine(flags->root, version, filter.columns, row);
  });
}

Status RunShow(ShowFlags* flags) {
  ARROW_ASSIGN_OR_RAISE(spec::Project project, flags->project.Load());
  ARROW_ASSIGN_OR_RAISE(const auto context, spec::MakeContext(std::move(project)));
  if (flags->dataset == kQuarantine) return RunQuarantine(flags, context->project.feature_spec_version);
  const int dataset = catalogue::FindDataset(flags->dataset);
  if (dataset == catalogue::kDatasets) {
    std::string known;
    for (int d = 0; d < catalogue::kDatasets; ++d)
      known += (d > 0 ? ", " : "") + std::string(catalogue::PathOf(static_cast<catalogue::Dataset>(d)));
    return base::UsageError("'" + flags->dataset + "' is no dataset; there are " + known);
  }
  views::ShowFilter& filter = flags->filter;
  ARROW_ASSIGN_OR_RAISE(filter.at, ParseInstantFlag("--at", flags->at));
  ARROW_ASSIGN_OR_RAISE(filter.since, ParseInstantFlag("--since", flags->since));
  ARROW_ASSIGN_OR_RAISE(filter.until, ParseInstantFlag("--until", flags->until));
  if (!flags->host.empty() && !(filter.host = base::ParseAddress(flags->host)))
    return base::UsageError("--host '" + flags->host + "' is no address");
  const auto chosen = static_cast<catalogue::Dataset>(dataset);
  return PrintRows(
      *flags, views::ColumnsShown(*context, chosen, filter.columns),
      [&](const views::RowCallback& row) { return views::Show(flags->root, *context, chosen, filter, row); });
}

}  // namespace

void AddShow(CLI::App* app, Action* action) {
  auto flags = std::make_shared<ShowFlags>();
  CLI::App* verb = app->add_subcommand(
      "show",
      "Look at the rows of any dataset without another tool.\n"
      "Examples:\n"
      "  ndr show fg_a --root out --host 10.1.2.3 --window w_1h --at 2026-03-10T14:15:00Z\n"
      "  ndr show fg_b/global --root out --columns role,time_band,sessions_cnt_median\n"
      "  ndr show fg_c/evidence --root out --since 2026-03-09T00:00:00Z --format json\n"
      "  ndr show quarantine --root out --columns file,byte_offset,reason");
  verb->add_option(
          "dataset", flags->dataset,
          "delta/host, delta/pair, fg_a, fg_b/host, fg_b/segment, fg_b/global, fg_b/ip_metadata, "
          "fg_b/pair/host, "
          "fg_b/pair/segment, fg_c/host, fg_c/pair, fg_c/evidence, lookback, pair_counts, fg_a_wide, or "
          "quarantine: the records that were refused, and why")
      ->required();
  verb->add_option("--root", flags->root, "Folder with the results")->required()->check(ExistingRoot);
  flags->project.AddWithStore(verb);
  verb->add_option("--host", flags->host, "Rows of one address");
  verb->add_option("--window", flags->filter.window, "Rows of one window, e.g. w_1h");
  verb->add_option("--horizon", flags->filter.horizon, "Rows of one horizon, e.g. 7d");
  verb->add_option(
      "--at", flags->at,
      "The batch whose slice ends there; fg_b: the newest reference not after it (default: the newest)");
  verb->add_option("--since", flags->since, "Batches whose slices end there or later");
  verb->add_option("--until", flags->until, "Batches whose slices end before");
  verb->add_option("--columns", flags->filter.columns,
                   "Some columns only, e.g. --columns host_ip,sessions_cnt")
      ->delimiter(',');
  verb->add_option("--format", flags->format, "table, json (one object a line) or csv")
      ->capture_default_str()
      ->check(CLI::IsMember({"table", "json", "csv"}));
  verb->add_option("--limit", flags->limit, "Rows to print (default: 20 of a table, all of csv and json)")
      ->check(CLI::NonNegativeNumber);
  verb->callback([flags, action] { *action = [flags] { return RunShow(flags.get()); }; });
}

}  // namespace ndr::app
