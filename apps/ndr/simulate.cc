// SPDX-License-Identifier: Apache-2.0
#include "ndr/simulate/simulate.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "flags.h"
#include "ndr/base/exit_code.h"
#include "ndr/findings/findings.h"
#include "ndr/simulate/judge.h"
#include "terminal.h"
#include "verbs.h"

namespace ndr::app {
namespace {

using arrow::Status;

struct SimulateFlags {
  simulate::SimulationOptions options;
  std::string format = "ndr-json";
  bool no_attacks = false, no_oddities = false;
  std::vector<std::string> judge;  // pairs of answer key and findings
};

arrow::Result<std::string> ReadText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return base::UsageError("cannot read " + path);
  return text.str();
}

// The lines of `ndr findings --format json`.
arrow::Result<std::vector<simulate::FindingRow>> ReadFindings(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const std::string text, ReadText(path));
  std::istringstream lines(text);
  std::vector<simulate::FindingRow> rows;
  for (std::string line; std::getline(lines, line);) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_object())
      return base::UsageError(
          fmt::format("{}: line {} is no JSON object; write it with 'ndr findings --format json'", path,
                      rows.size() + 1));
    const auto text_of = [&](const char* name) {
      const auto member = json.find(name);
      return member != json.end() && member->is_string() ? member->get<std::string>() : "";
    };
    const auto host = base::ParseAddress(text_of("host_ip"));
    const auto first = base::ParseCivil(text_of("first_ts")), last = base::ParseCivil(text_of("last_ts"));
    const auto score = json.find("score");
    if (!host || !first || !last || score == json.end() || !score->is_number())
      return base::UsageError(fmt::format(
          "{}: line {} is no finding; write it with 'ndr findings --format json'", path, rows.size() + 1));
    const auto points = score->get<double>();
    rows.push_back({*host, text_of("kind"), points, first->micros, last->micros,
                    findings::SeverityOf(points) >= findings::Severity::kMedium});
  }
  return rows;
}

Status JudgeRuns(const std::vector<std::string>& files) {
  if (files.size() % 2 != 0)
    return base::UsageError("--judge takes pairs: an answer key and the findings of the same run");
  simulate::Tally tally;
  for (size_t i = 0; i < files.size(); i += 2) {
    ARROW_ASSIGN_OR_RAISE(const std::string json, ReadText(files[i]));
    ARROW_ASSIGN_OR_RAISE(const simulate::AnswerKey key, simulate::ReadAnswerKey(json));
    ARROW_ASSIGN_OR_RAISE(const auto rows, ReadFindings(files[i + 1]));
    const simulate::Judgement judgement = simulate::Judge(key, rows);
    if (files.size() == 2) std::fputs(simulate::ToText(judgement).c_str(), stdout);
    tally.Add(judgement);
  }
  if (files.size() > 2) std::fputs(simulate::ToText(tally).c_str(), stdout);
  return Status::OK();
}

Status RunSimulate(SimulateFlags* flags) {
  if (!flags->judge.empty()) return JudgeRuns(flags->judge);
  if (flags->options.folder.empty())
    return base::UsageError("--out is missing: the folder for the log files, e.g. --out logs");
  const auto format = simulate::ParseFormat(flags->format);
  if (!format.ok()) return base::UsageError(format.status().message());
  flags->options.format = *format;
  flags->options.attacks = !flags->no_attacks;
  flags->options.oddities = !flags->no_oddities;
  ProgressLine line;
  const auto made = simulate::Simulate(
      flags->options, [&](int64_t done, int64_t files, int64_t) { line.Show("simulating", done, files); });
  // Days, hosts and times that no simulation has.
  if (made.status().IsInvalid()) return base::UsageError("--" + made.status().message());
  ARROW_ASSIGN_OR_RAISE(const simulate::AnswerKey key, made);
  line.Clear();
  fmt::print("{} sessions of {} hosts in {} days, written to {} as {}\n", key.sessions, key.hosts,
             flags->options.days, flags->options.folder, flags->format);
  for (const auto& b : key.planted) fmt::print("  planted   {:<18} {}\n", b.name, b.what);
  for (const auto& b : key.harmless) fmt::print("  harmless  {:<18} {}\n", b.name, b.what);
  fmt::print("Next: ndr replay --input {} --root out\n", flags->options.folder);
  return Status::OK();
}

}  // namespace

void AddSimulate(CLI::App* app, Action* action) {
  auto flags = std::make_shared<SimulateFlags>();
  CLI::App* verb = app->add_subcommand(
      "simulate",
      "Write the logs of a synthetic company, with planted attacks, harmless oddities and an answer key.\n"
      "Example: ndr simulate --out logs --seed 7 --days 10 --hosts 250 --format zeek\n"
      "Judging: ndr simulate --judge logs/answer-key.json findings.jsonl");
  verb->add_option("--out", flags->options.folder, "Folder for the log files and answer-key.json");
  verb->add_option("--seed", flags->options.seed, "Same seed, same bytes")->capture_default_str();
  verb->add_option("--days", flags->options.days, "Days from Tuesday 2026-03-03 on")->capture_default_str();
  verb->add_option("--hosts", flags->options.hosts, "Hosts of the company")->capture_default_str();
  verb->add_option("--format", flags->format, "ndr-json, zeek or argus")->capture_default_str();
  verb->add_option("--file-minutes", flags->options.file_minutes, "Time that one log file holds")
      ->capture_default_str();
  verb->add_flag("--gzip", flags->options.gzip, "Compress the log files");
  verb->add_flag("--no-attacks", flags->no_attacks, "A network in which nothing bad happens");
  verb->add_flag("--no-oddities", flags->no_oddities, "Without the harmless oddities");
  AddThreads(verb, &flags->options.threads);
  verb->add_option(
      "--judge", flags->judge,
      "Answer key and findings (JSON lines), again for more runs: where each planted behaviour ranks");
  verb->callback([flags, action] { *action = [flags] { return RunSimulate(flags.get()); }; });
}

}  // namespace ndr::app
