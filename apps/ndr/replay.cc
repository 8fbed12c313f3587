// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/replay.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "flags.h"
#include "ndr/base/exit_code.h"
#include "ndr/findings/output.h"
#include "ndr/views/findings_view.h"
#include "stop_request.h"
#include "terminal.h"
#include "verbs.h"

namespace ndr::app {
namespace {

using arrow::Status;

constexpr size_t kFindingsShown = 25;

struct ReplayFlags {
  ProjectFlags project;
  jobs::ReplayOptions options;
  std::string from, to, reference, horizons, memory;
  bool quiet = false;
};

Status FillReplayOptions(ReplayFlags* flags) {
  ARROW_ASSIGN_OR_RAISE(flags->options.project, flags->project.Load());
  ARROW_ASSIGN_OR_RAISE(flags->options.from, ParseInstantFlag("--from", flags->from));
  ARROW_ASSIGN_OR_RAISE(flags->options.to, ParseInstantFlag("--to", flags->to));
  ARROW_ASSIGN_OR_RAISE(flags->options.plan.reference,
                        ParseInstantFlag("--reference-time", flags->reference));
  ARROW_ASSIGN_OR_RAISE(flags->options.memory_bytes, ParseBytesFlag("--memory-limit", flags->memory));
  if (!flags->horizons.empty()) {
    auto horizons = spec::ParseHorizons(flags->horizons);
    if (!horizons.ok()) return base::UsageError("--horizons: " + horizons.status().message());
    flags->options.plan.horizons = std::move(*horizons);
    flags->options.plan.horizons_named = true;
  }
  return Status::OK();
}

Status ShowFindings(const ReplayFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const auto context, spec::MakeContext(flags.options.project, flags.options.threads));
  ARROW_ASSIGN_OR_RAISE(const views::FindingsView view,
                        views::ViewFindings(flags.options.root, *context, {}));
  const findings::TableOptions table{TerminalColumns(), ColourWanted(), kFindingsShown, false};
  fmt::print("\n{}", FindingsTable(view.findings, *context, table));
  Say(stdout, "\nAgain at any time: ndr findings --root {}\n", flags.options.root);
  return Status::OK();
}

arrow::Result<jobs::ReplayResult> Replay(jobs::ReplayOptions* options) {
  const StopRequest stop;
  ProgressLine line;
  options->progress = [&](std::string_view step, int64_t done, int64_t total) {
    line.Show(step, done, total);
    if (stop.signal() == 0) return Status::OK();
    return base::Stopped(stop.signal(), "stopped; what is finished is kept in " + options->root +
                                            ", and the same command goes on from there");
  };
  return jobs::Replay(*options);
}

Status RunReplay(ReplayFlags* flags) {
  ARROW_RETURN_NOT_OK(FillReplayOptions(flags));
  ARROW_ASSIGN_OR_RAISE(const jobs::ReplayResult result, Replay(&flags->options));
  if (!result.changed)
    Say(stdout, "Nothing to do: everything is there, made from the same input and configuration.\n");
  if (!flags->quiet) Say(stdout, "{}", result.report.ToText());
  for (const std::string& note : result.report.notes()) Say(stdout, "note: {}\n", note);
  return ShowFindings(*flags);
}

}  // namespace

void AddReplay(CLI::App* app, Action* action) {
  auto flags = std::make_shared<ReplayFlags>();
  CLI::App* verb = app->add_subcommand(
      "replay",
      "Run a whole history of logs and print which hosts stand out, with reasons.\n"
      "Examples:\n"
      "  ndr replay --input /var/log/zeek --root out\n"
      "  ndr replay --input 'logs/2024-04-*/conn*.gz' --host-network 147.32.0.0/16 --timezone Europe/Prague "
      "--root out\n"
      "  ndr replay --input logs --root out --reference-time 2024-04-20T00:00:00Z --horizons 7d:2d\n"
      "It can be stopped at any time and goes on where it was. A second run over the same input changes "
      "nothing.");
  verb->add_option("--input", flags->options.intake.inputs,
                   "Log files, folders or globs; plain, gzip or zstd")
      ->required();
  verb->add_option("--root", flags->options.root, "Folder for the results; made when absent")
      ->required()
      ->check(NamedRoot);
  verb->add_option("--source", flags->options.intake.source, "auto, ndr-json, zeek or argus")
      ->capture_default_str();
  flags->project.Add(verb);
  verb->add_option(
      "--reference-time", flags->reference,
      "Baselines are built for this time and judge what starts at it or later, e.g. 2024-04-20T00:00:00Z");
  verb->add_option("--horizons", flags->horizons,
                   "Horizons of the baselines as length:gap, e.g. 7d:2d,30d:7d");
  verb->add_option("--from", flags->from, "Start of the history, on a quarter of an hour");
  verb->add_option("--to", flags->to, "End of the history, on a quarter of an hour");
  verb->add_flag("--skip-bad-files", flags->options.intake.skip_bad_files,
                 "Go on without files of which too much can't be parsed");
  verb->add_flag("--replace", flags->options.replace,
                 "Remove what the root holds of this version outside the history");
  verb->add_option("--memory-limit", flags->memory,
                   "Memory to use before spilling, e.g. 8G (default: half of the machine)");
  AddThreads(verb, &flags->options.threads);
  verb->add_flag("--quiet", flags->quiet, "Leave out the run report (it is kept under _reports/)");
  verb->callback([flags, action] { *action = [flags] { return RunReplay(flags.get()); }; });
}

}  // namespace ndr::app
