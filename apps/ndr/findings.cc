// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "flags.h"
#include "ndr/base/exit_code.h"
#include "ndr/findings/output.h"
#include "ndr/views/findings_view.h"
#include "terminal.h"
#include "verbs.h"

namespace ndr::app {
namespace {

using arrow::Status;

struct FindingsFlags {
  ProjectFlags project;
  std::string root, since, until, min_severity = "low", host, format = "table";
  bool all = false;
};

arrow::Result<views::FindingsFilter> FilterOf(const FindingsFlags& flags) {
  views::FindingsFilter filter;
  ARROW_ASSIGN_OR_RAISE(filter.since, ParseInstantFlag("--since", flags.since));
  ARROW_ASSIGN_OR_RAISE(filter.until, ParseInstantFlag("--until", flags.until));
  const auto severity = findings::ParseSeverity(flags.min_severity);
  if (!severity)
    return base::UsageError("--min-severity '" + flags.min_severity +
                            "' is none of none, low, medium, high, critical");
  filter.min_severity = *severity;
  if (!flags.host.empty()) {
    filter.host = base::ParseAddress(flags.host);
    if (!filter.host) return base::UsageError("--host '" + flags.host + "' is no address");
  }
  return filter;
}

Status RunFindings(const FindingsFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(spec::Project project, flags.project.Load());
  ARROW_ASSIGN_OR_RAISE(const auto context, spec::MakeContext(std::move(project)));
  ARROW_ASSIGN_OR_RAISE(const views::FindingsFilter filter, FilterOf(flags));
  ARROW_ASSIGN_OR_RAISE(views::FindingsView view, views::ViewFindings(flags.root, *context, filter));
  if (flags.format != "table" && !flags.all)
    std::erase_if(view.findings, [](const findings::Finding& f) { return f.silenced; });
  if (flags.format == "json") std::fputs(findings::JsonLines(view.findings, *context).c_str(), stdout);
  if (flags.format == "csv") std::fputs(findings::Csv(view.findings, *context).c_str(), stdout);
  if (flags.format == "table")
    std::fputs(
        FindingsTable(view.findings, *context, {TerminalColumns(), ColourWanted(), 0, flags.all}).c_str(),
        stdout);
  if (const std::string unseen = spec::NoFindingWindow(context->project); !unseen.empty())
    Say(stderr, "note: {}\n", unseen);
  return Status::OK();
}

}  // namespace

void AddFindings(CLI::App* app, Action* action) {
  auto flags = std::make_shared<FindingsFlags>();
  CLI::App* verb =
      app->add_subcommand("findings",
                          "Show which hosts stood out and why: a view over the judged batches of a root.\n"
                          "Examples:\n"
                          "  ndr findings --root out --min-severity medium\n"
                          "  ndr findings --root out --host 10.1.2.3 --format json | jq .reasons");
  verb->add_option("--root", flags->root, "Folder with the results")->required()->check(ExistingRoot);
  flags->project.AddWithStore(verb);
  verb->add_option("--since", flags->since,
                   "Findings that were active at or after this time, e.g. 2026-03-09T00:00:00Z");
  verb->add_option("--until", flags->until, "Findings that began before this time");
  verb->add_option("--min-severity", flags->min_severity, "none, low, medium, high or critical")
      ->capture_default_str();
  verb->add_option("--host", flags->host, "Of one address only");
  verb->add_option("--format", flags->format, "table, json (one object a line) or csv")
      ->capture_default_str()
      ->check(CLI::IsMember({"table", "json", "csv"}));
  verb->add_flag("--all", flags->all, "Silenced findings too");
  verb->callback([flags, action] { *action = [flags] { return RunFindings(*flags); }; });
}

}  // namespace ndr::app
