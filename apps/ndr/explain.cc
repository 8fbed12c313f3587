// SPDX-License-Identifier: Apache-2.0
#include "ndr/views/explain.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>

#include "flags.h"
#include "ndr/base/exit_code.h"
#include "ndr/findings/words.h"
#include "terminal.h"
#include "verbs.h"

namespace ndr::app {
namespace {

using arrow::Status;
using nlohmann::ordered_json;

struct ExplainFlags {
  ProjectFlags project;
  std::string root, host, at, window, format = "table";
  bool all = false;
};

std::string Text(const std::optional<double>& value) { return value ? findings::Number(*value) : ""; }
std::string Text(const ordered_json& value) {
  if (value.is_null()) return "";
  return value.is_number()   ? findings::Number(value.get<double>())
         : value.is_string() ? base::Printable(value.get<std::string>())
                             : value.dump();
}

void PrintRow(const views::ExplainedRow& row, bool all) {
  Say(stdout, "\n{} {}{}\n", row.role, row.window,
      row.horizon.empty() ? " (not judged)" : " against " + row.horizon);
  if (!row.fg_c.is_null())
    Say(stdout, "  baseline band {}, level {}, {}; rank score {}, against peers {}\n",
        Text(row.fg_c["baseline_time_band"]), Text(row.fg_c["baseline_level"]),
        row.fg_c["is_cold_start"] == 1 ? "cold" : "warm", Text(row.fg_c["anomaly_rank_score"]),
        Text(row.fg_c["peer_rank_score"]));
  Say(stdout, "  {:<34} {:>14} {:>12} {:>12} {:>12} {:>10} {:>8}  {}\n", "metric", "value", "median", "p95",
      "p99", "z", "support", "from");
  for (const views::ExplainedMetric& m : row.metrics) {
    const bool quiet =
        m.value.is_null() || (m.value.is_number() && m.value == 0 && std::abs(m.z.value_or(0)) < 1);
    if (quiet && !all) continue;
    Say(stdout, "  {:<34} {:>14} {:>12} {:>12} {:>12} {:>10} {:>8}  {}{}\n", m.name, Text(m.value),
        Text(m.median), Text(m.p95), Text(m.p99), Text(m.z), m.median ? std::to_string(m.support) : "",
        m.level, m.cold ? " (cold)" : "");
  }
}

void PrintPairs(const std::vector<ordered_json>& pairs) {
  if (pairs.empty()) return;
  Say(stdout, "\npairs: new and rare ones of the shortest window, rhythmic and dead ones of the longest\n");
  for (const ordered_json& p : pairs)
    Say(stdout,
        "  {:<8} {:<8} {:<6} {:<39} port {:<6} {:>8} sessions, seen {:>6}, rarity {:>6}, beacon {:>6}\n",
        Text(p["role"]).substr(0, 8), Text(p["window_label"]), Text(p["baseline_horizon"]),
        Text(p["peer_ip"]), Text(p["dst_port"]), Text(p["sessions_cnt"]), Text(p["pair_seen_count"]),
        Text(p["pair_rarity_score"]), Text(p["beacon_score"]));
}

Status PrintEvidence(const ordered_json& evidence, const views::Explanation& explained,
                     const spec::Context& context) {
  if (evidence.is_null()) {
    Say(stdout, "no evidence: neither score reaches {}\n",
        findings::Number(context.project.findings.min_score));
    return Status::OK();
  }
  Say(stdout, "score {} ({}), standing {} ({})\n", Text(evidence["score"]), Text(evidence["kind"]),
      Text(evidence["standing_score"]), Text(evidence["standing_kind"]));
  for (const ordered_json& r : evidence["reasons"]) {
    findings::Reason reason;
    reason.kind = r["kind"], reason.metric = r["metric"], reason.role = r["role"],
    reason.window_label = r["window_label"];
    reason.x = r["x"].is_number() ? r["x"].get<double>() : 0;
    if (r["own"].is_number()) reason.own = r["own"].get<double>();
    if (r["peers"].is_number()) reason.peers = r["peers"].get<double>();
    if (r["at"].is_string()) reason.at = r["at"];
    Say(stdout, "  {}: {}\n", reason.kind, findings::InWords(reason, explained.at, context));
  }
  return Status::OK();
}

void PrintJson(const views::Explanation& e) {
  ordered_json json = {{"host", base::ToText(e.host)},
                       {"at", base::FormatInstant(e.at)},
                       {"segment", e.segment},
                       {"evidence", e.evidence}};
  json["rows"] = ordered_json::array();
  auto number = [](const std::optional<double>& v) { return v ? ordered_json(*v) : ordered_json(nullptr); };
  for (const views::ExplainedRow& row : e.rows) {
    ordered_json metrics = ordered_json::array();
    for (const views::ExplainedMetric& m : row.metrics)
      metrics.push_back({{"metric", m.name},
                         {"value", m.value},
                         {"level", m.level},
                         {"median", number(m.median)},
                         {"p95", number(m.p95)},
                         {"p99", number(m.p99)},
                         {"mad", number(m.mad)},
                         {"support", m.support},
                         {"cold", m.cold},
                         {"z", number(m.z)}});
    json["rows"].push_back({{"role", row.role},
                            {"window", row.window},
                            {"horizon", row.horizon},
                            {"metrics", std::move(metrics)},
                            {"fg_c", row.fg_c}});
  }
  json["pairs"] = e.pairs;
  fmt::print("{}\n", json.dump());
}

Status RunExplain(const ExplainFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(spec::Project project, flags.project.Load());
  ARROW_ASSIGN_OR_RAISE(const auto context, spec::MakeContext(std::move(project)));
  const auto host = base::ParseAddress(flags.host);
  if (!host) return base::UsageError("--host '" + flags.host + "' is no address");
  ARROW_ASSIGN_OR_RAISE(const auto at, ParseInstantFlag("--at", flags.at));
  ARROW_ASSIGN_OR_RAISE(const views::Explanation explained,
                        views::Explain(flags.root, *context, *host, *at, flags.window));
  if (flags.format == "json") {
    PrintJson(explained);
    return Status::OK();
  }
  Say(stdout, "{} ({}) at {}\n", base::ToText(explained.host), explained.segment,
      findings::LocalTime(context->calendar, explained.at));
  ARROW_RETURN_NOT_OK(PrintEvidence(explained.evidence, explained, *context));
  for (const views::ExplainedRow& row : explained.rows) PrintRow(row, flags.all);
  PrintPairs(explained.pairs);
  return Status::OK();
}

}  // namespace

void AddExplain(CLI::App* app, Action* action) {
  auto flags = std::make_shared<ExplainFlags>();
  CLI::App* verb = app->add_subcommand(
      "explain",
      "Show everything behind one host at one time: metrics, baselines and where they came from, pairs, "
      "evidence.\n"
      "Example: ndr explain --root out --host 10.1.2.3 --at 2026-03-10T14:15:00Z --window w_1h");
  verb->add_option("--root", flags->root, "Folder with the results")->required()->check(ExistingRoot);
  flags->project.AddWithStore(verb);
  verb->add_option("--host", flags->host, "Address of the host")->required();
  verb->add_option("--at", flags->at, "End of a slice, or a time inside it, e.g. 2026-03-10T14:15:00Z")
      ->required();
  verb->add_option("--window", flags->window, "One window only, e.g. w_24h");
  verb->add_option("--format", flags->format, "table or json")
      ->capture_default_str()
      ->check(CLI::IsMember({"table", "json"}));
  verb->add_flag("--all", flags->all, "Metrics that are 0 or null too");
  verb->callback([flags, action] { *action = [flags] { return RunExplain(*flags); }; });
}

}  // namespace ndr::app
