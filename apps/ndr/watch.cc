// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/watch.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "flags.h"
#include "ndr/base/exit_code.h"
#include "ndr/findings/output.h"
#include "ndr/spec/job_spec.h"
#include "ndr/views/findings_view.h"
#include "own_commands.h"
#include "step_flags.h"
#include "stop_request.h"
#include "terminal.h"
#include "verbs.h"

namespace ndr::app {
namespace {

using arrow::Status;

constexpr size_t kLastFindingsShown = 25;

struct WatchFlags {
  pipeline::WatchOptions options;
  std::string name = "streaming_15m", project_name, version, root, layout = "auto";
  double settle_seconds = 30, closing_seconds = 60, poll_seconds = 10;
  StepFlags steps;
};

base::Micros MicrosOf(double seconds) { return static_cast<base::Micros>(seconds * base::kMicrosPerSecond); }

// Standard output is for one line a batch: what the steps print there goes to standard error meanwhile.
class LinesApart {
 public:
  LinesApart() : lines_(fdopen(dup(STDOUT_FILENO), "w")) {
    std::fflush(stdout);
    dup2(STDERR_FILENO, STDOUT_FILENO);
  }
  ~LinesApart() {
    std::fflush(stdout);
    if (lines_ == nullptr) return;
    dup2(fileno(lines_), STDOUT_FILENO);
    std::fclose(lines_);
  }
  LinesApart(const LinesApart&) = delete;
  LinesApart& operator=(const LinesApart&) = delete;

  void Print(const std::string& line) const {
    if (lines_ == nullptr) return;
    std::fprintf(lines_, "%s\n", line.c_str());
    std::fflush(lines_);
  }

 private:
  FILE* lines_;
};

Status FillWatchOptions(WatchFlags* flags) {
  pipeline::WatchOptions& options = flags->options;
  ARROW_ASSIGN_OR_RAISE(options.pipeline, pipeline::FindPipeline(flags->name));
  const auto set = [&](pipeline::Kind kind, const std::string& value) {
    if (const pipeline::Parameter* p = options.pipeline.OfKind(kind)) options.values.set[p->name] = value;
  };
  set(pipeline::Kind::kProject, flags->project_name);
  set(pipeline::Kind::kVersion, flags->version);
  set(pipeline::Kind::kRoot, flags->root);
  options.values.extra = flags->steps.Arguments();
  options.rules.settle = MicrosOf(flags->settle_seconds);
  options.rules.closing = MicrosOf(flags->closing_seconds);
  options.rules.layout = flags->layout == "files"     ? pipeline::Layout::kFiles
                         : flags->layout == "folders" ? pipeline::Layout::kFolders
                                                      : pipeline::Layout::kAuto;
  options.poll = MicrosOf(flags->poll_seconds);
  options.notice = [](const std::string& text) { Say(stderr, "ndr watch: {}\n", text); };
  return Status::OK();
}

arrow::Result<spec::Project> ProjectOf(const WatchFlags& flags) {
  if (!flags.steps.project.empty()) {
    ARROW_ASSIGN_OR_RAISE(spec::LoadedJob job, spec::JobOfProjectFile(spec::Job::kFgC, flags.steps.project));
    return std::move(job.project);
  }
  ARROW_ASSIGN_OR_RAISE(const auto store, spec::OpenStore({flags.steps.spec_store, flags.steps.table_name,
                                                           flags.steps.sort_attribute}));
  return spec::LoadProjectOf(store.get(), flags.project_name, flags.version);
}

// What has `ndr findings` read the same parameters.
std::string ProjectFlagsOf(const WatchFlags& flags) {
  if (!flags.steps.project.empty()) return " --project " + flags.steps.project;
  std::string text = " --project-name " + flags.project_name;
  if (!flags.steps.spec_store.empty()) text += " --spec-store " + flags.steps.spec_store;
  if (!flags.steps.table_name.empty()) text += " --table-name " + flags.steps.table_name;
  if (!flags.steps.sort_attribute.empty()) text += " --sort-attribute " + flags.steps.sort_attribute;
  return text;
}

// What stood out so far; an error where nothing has been judged yet.
Status ShowLastFindings(const WatchFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(spec::Project project, ProjectOf(flags));
  ARROW_ASSIGN_OR_RAISE(const auto context, spec::MakeContext(std::move(project)));
  ARROW_ASSIGN_OR_RAISE(const views::FindingsView view, views::ViewFindings(flags.root, *context, {}));
  const findings::TableOptions table{TerminalColumns(), false, kLastFindingsShown, false};
  Say(stderr, "\n{}\nAgain at any time: ndr findings --root {} --feature-spec-version {}{}\n",
      FindingsTable(view.findings, *context, table), flags.root, flags.version, ProjectFlagsOf(flags));
  return Status::OK();
}

Status RunWatch(WatchFlags* flags) {
  ARROW_RETURN_NOT_OK(FillWatchOptions(flags));
  const StopRequest stop;
  const LinesApart lines;
  flags->options.stop = [&] { return stop.signal(); };
  flags->options.log = [&](const std::string& line) { lines.Print(line); };
  Status status = pipeline::Watch(flags->options, OwnCommands());
  const int code = base::ExitCode(status);
  if (code != 0 && code < 128) return status;
  const Status shown = ShowLastFindings(*flags);
  if (!shown.ok()) Say(stderr, "No findings to show: {}\n", shown.message());
  return status;
}

}  // namespace

void AddWatch(CLI::App* app, Action* action) {
  auto flags = std::make_shared<WatchFlags>();
  CLI::App* verb = app->add_subcommand(
      "watch",
      "Run the streaming pipeline on a folder where log files arrive; one JSON line a batch.\n"
      "Examples:\n"
      "  ndr watch --folder /var/log/zeek --root out --project-name acme --feature-spec-version v1\n"
      "  ndr watch --folder /data/batches --layout folders --root out --project-name acme "
      "--feature-spec-version v1 --once\n"
      "Files of one quarter of an hour are one batch, by the time at which each was complete: have the "
      "sensor begin a new file "
      "every 15 minutes (Zeek: Log::default_rotation_interval = 15 min). It can be stopped at any time and "
      "goes on where it was.");
  verb->add_option("--folder", flags->options.folder,
                   "Folder or s3://bucket/prefix where log files arrive, in subfolders too")
      ->required();
  verb->add_option("--root", flags->root, "Folder or s3://bucket/prefix for the results; made when absent")
      ->required()
      ->check(NamedRoot);
  verb->add_option("--project-name", flags->project_name, "Name of the project")->required();
  verb->add_option("--feature-spec-version", flags->version, "Version of the features")->required();
  verb->add_option("--layout", flags->layout,
                   "files: a batch is all files of a slot; folders: each subfolder is a batch and its name "
                   "the id; auto: "
                   "subfolders named like 20240420T120000Z are batches")
      ->capture_default_str()
      ->check(CLI::IsMember({"auto", "files", "folders"}));
  verb->add_option("--settle-seconds", flags->settle_seconds,
                   "A file is complete when it was not written to for so long; e.g. --settle-seconds 5 where "
                   "files are renamed "
                   "into place")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb->add_option("--closing-seconds", flags->closing_seconds,
                   "How long after the end of a slot the sensor may close the slot's file")
      ->check(CLI::Range(0.0, 600.0))
      ->capture_default_str();
  verb->add_option("--poll-seconds", flags->poll_seconds, "Time between two looks at the folder")
      ->check(CLI::Range(0.05, 3600.0))
      ->capture_default_str();
  verb->add_flag("--once", flags->options.once, "End when nothing is due any more, for cron and tests");
  verb->add_option("--retries", flags->options.retries,
                   "How often a batch is tried again that failed with exit 1")
      ->check(CLI::Range(0, 20))
      ->capture_default_str();
  verb->add_flag("--skip-failed", flags->options.skip_failed,
                 "Go on with the next batch where one fails, and leave it out");
  verb->add_option("--pipeline", flags->name, "Pipeline to run: streaming_15m, delta_only or a JSON file")
      ->capture_default_str();
  flags->steps.Add(verb);
  verb->callback([flags, action] { *action = [flags] { return RunWatch(flags.get()); }; });
}

}  // namespace ndr::app
