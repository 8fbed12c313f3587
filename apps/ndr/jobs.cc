// SPDX-License-Identifier: Apache-2.0
// The five jobs: ndr delta, pair-counts, fg-a, fg-b, fg-c.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "flags.h"
#include "ndr/base/exit_code.h"
#include "ndr/jobs/run_job.h"
#include "stop_request.h"
#include "terminal.h"
#include "verbs.h"

namespace ndr::app {
namespace {

using arrow::Status;

// What every job takes beside its batch or reference.
struct JobFlags {
  StoreFlags store;
  std::string memory;
  bool quiet = false;

  void Add(CLI::App* verb, jobs::Runtime* runtime) {
    verb->add_option("--project-name", runtime->project_name, "Project whose spec is loaded, e.g. acme")
        ->required();
    verb->add_option("--feature-spec-version", runtime->feature_spec_version,
                     "Version of spec and data, e.g. v1; versions never share data")
        ->required();
    verb->add_option("--root", runtime->root,
                     "Folder of the data, e.g. out (default: outputs.root of the job's spec)");
    store.Add(verb);
    verb->add_option("--project", runtime->project_file,
                     "Project file (JSON) in the store's place, e.g. --project project.json")
        ->check(CLI::ExistingFile);
    verb->add_flag("--lenient", runtime->lenient, "Pass over unknown keys of specs with a warning");
    verb->add_flag("--replace", runtime->replace,
                   "Run it again, also where another configuration made what is there");
    verb->add_option("--memory-limit", memory,
                     "Memory to use before spilling, e.g. 8G (default: half of the machine)");
    AddThreads(verb, &runtime->threads);
    verb->add_flag("--quiet", quiet, "Leave out the run report (it is kept under _reports/)");
  }
};

// Runs a job with a progress line and a stop on a signal, and prints its report.
template <class Runtime>
Status RunJob(const JobFlags& flags, Runtime* runtime, spec::Job job,
              Status (*run)(const Runtime&, jobs::RunReport*)) {
  ARROW_ASSIGN_OR_RAISE(runtime->memory_bytes, ParseBytesFlag("--memory-limit", flags.memory));
  runtime->store = flags.store.options;
  jobs::RunReport report(jobs::JobName(job));
  const StopRequest stop;
  ProgressLine line;
  runtime->progress = [&](std::string_view step, int64_t done, int64_t total) {
    line.Show(step, done, total);
    if (stop.signal() == 0) return Status::OK();
    return base::Stopped(stop.signal(), "stopped; nothing of this run was published");
  };
  Status status = run(*runtime, &report);
  std::string text = flags.quiet || !status.ok() ? "" : report.ToText();
  for (const std::string& note : report.notes()) text += "note: " + note + "\n";
  // At once and whole: steps of a pipeline print at the same time.
  Say(stdout, "{}", text);
  std::fflush(stdout);
  return status;
}

struct SliceFlags {
  JobFlags job;
  jobs::SliceRuntime runtime;
  std::string start, end, reference;
};

arrow::Result<base::Micros> RequiredInstant(const char* flag, const std::string& text) {
  ARROW_ASSIGN_OR_RAISE(const auto instant, ParseInstantFlag(flag, text));
  if (!instant) return base::UsageError(std::string(flag) + " is empty");
  return *instant;
}

Status FillSlice(SliceFlags* flags) {
  ARROW_ASSIGN_OR_RAISE(flags->runtime.batch_start, RequiredInstant("--batch-start-ts-iso", flags->start));
  ARROW_ASSIGN_OR_RAISE(flags->runtime.batch_end, RequiredInstant("--batch-end-ts-iso", flags->end));
  ARROW_ASSIGN_OR_RAISE(flags->runtime.reference_time,
                        ParseInstantFlag("--reference-time-iso", flags->reference));
  return Status::OK();
}

constexpr char kSliceExample[] =
    " --project-name acme --feature-spec-version v1 \\\n"
    "      --mini-batch-id 20240420T120000Z --batch-start-ts-iso 2024-04-20T12:00:00Z "
    "--batch-end-ts-iso 2024-04-20T12:15:00Z";

CLI::App* AddSliceJob(CLI::App* app, Action* action, spec::Job job, const char* name,
                      const std::string& about, Status (*run)(const jobs::SliceRuntime&, jobs::RunReport*),
                      std::shared_ptr<SliceFlags>* out) {
  auto flags = std::make_shared<SliceFlags>();
  CLI::App* verb = app->add_subcommand(name, about + "\nExample:\n  ndr " + name + kSliceExample);
  flags->job.Add(verb, &flags->runtime);
  verb->add_option("--mini-batch-id", flags->runtime.mini_batch_id, "Id of the batch, e.g. 20240420T120000Z")
      ->required();
  verb->add_option("--batch-start-ts-iso", flags->start,
                   "Start of the batch's slice, e.g. 2024-04-20T12:00:00Z")
      ->required();
  verb->add_option("--batch-end-ts-iso", flags->end, "Its end, 15 minutes later, e.g. 2024-04-20T12:15:00Z")
      ->required();
  verb->callback([flags, action, job, run] {
    *action = [flags, job, run] {
      ARROW_RETURN_NOT_OK(FillSlice(flags.get()));
      return RunJob(flags->job, &flags->runtime, job, run);
    };
  });
  *out = flags;
  return verb;
}

void AddLogs(CLI::App* verb, SliceFlags* flags, const std::string& use) {
  verb->add_option("--raw-parsed-logs-prefix", flags->runtime.raw_parsed_logs_prefix,
                   "Folder with a folder of logs for each batch, e.g. logs (logs/<mini-batch-id>/)" + use);
  verb->add_option("--input", flags->runtime.inputs,
                   "Log files, folders or globs of the batch instead" + use);
}

struct BaselineFlags {
  JobFlags job;
  jobs::BaselineRuntime runtime;
  std::string reference, mode = "REGULAR", start, end, from;
};

Status FillBaseline(BaselineFlags* flags) {
  jobs::BaselineRuntime& runtime = flags->runtime;
  ARROW_ASSIGN_OR_RAISE(runtime.reference_time, RequiredInstant("--reference-time-iso", flags->reference));
  runtime.backfill = flags->mode == "BACKFILL";
  if (!runtime.backfill && !(flags->start.empty() && flags->end.empty()))
    return base::UsageError("--start and --end are of a backfill; add --mode BACKFILL, or leave them out");
  if (runtime.backfill) {
    for (const auto& [flag, value] : {std::pair("--start", &flags->start), std::pair("--end", &flags->end)})
      if (value->empty())
        return base::UsageError(std::string("--mode BACKFILL needs ") + flag + " too, e.g. " + flag +
                                " 2024-04-01T00:00:00Z");
    ARROW_ASSIGN_OR_RAISE(runtime.start, RequiredInstant("--start", flags->start));
    ARROW_ASSIGN_OR_RAISE(runtime.end, RequiredInstant("--end", flags->end));
    if (runtime.reference_time != runtime.end)
      return base::UsageError("the reference of a backfill is its end: give --reference-time-iso " +
                              base::FormatInstant(runtime.end));
  }
  if (!flags->from.empty()) runtime.from_delta = flags->from == "delta";
  return Status::OK();
}

void AddFgB(CLI::App* app, Action* action) {
  auto flags = std::make_shared<BaselineFlags>();
  CLI::App* verb = app->add_subcommand(
      "fg-b",
      "Build what is normal at a reference time: FG-B for hosts, segments and the network, and pair rarity.\n"
      "Examples:\n"
      "  ndr fg-b --project-name acme --feature-spec-version v1 --reference-time-iso 2024-04-20T00:00:00Z\n"
      "  ndr fg-b --project-name acme --feature-spec-version v1 --reference-time-iso 2024-04-01T00:00:00Z "
      "\\\n"
      "      --mode BACKFILL --start 2024-03-01T00:00:00Z --end 2024-04-01T00:00:00Z --from delta");
  flags->job.Add(verb, &flags->runtime);
  verb->add_option("--reference-time-iso", flags->reference,
                   "Time the baselines are for, e.g. 2024-04-20T00:00:00Z; a backfill's is its end")
      ->required();
  verb->add_option("--mode", flags->mode,
                   "REGULAR: the spec's horizons; BACKFILL: one, from --start to --end")
      ->check(CLI::IsMember({"REGULAR", "BACKFILL"}))
      ->capture_default_str();
  verb->add_option("--start", flags->start, "Start of a backfill, e.g. 2024-03-01T00:00:00Z");
  verb->add_option("--end", flags->end, "End of a backfill, e.g. 2024-04-01T00:00:00Z");
  verb->add_option("--from", flags->from,
                   "fg_a: read committed windows; delta: rebuild them (default: inputs.source of the spec)")
      ->check(CLI::IsMember({"fg_a", "delta"}));
  verb->callback([flags, action] {
    *action = [flags] {
      ARROW_RETURN_NOT_OK(FillBaseline(flags.get()));
      return RunJob(flags->job, &flags->runtime, spec::Job::kFgB, jobs::RunFgB);
    };
  });
}

}  // namespace

void AddJobs(CLI::App* app, Action* action) {
  constexpr char kUnread[] = "; taken so that one list of arguments serves every job: this one reads delta";
  std::shared_ptr<SliceFlags> flags;
  CLI::App* verb = AddSliceJob(app, action, spec::Job::kDelta, "delta",
                               "Count a mini-batch's log files into mergeable partials per host and pair.",
                               jobs::RunDelta, &flags);
  AddLogs(verb, flags.get(), "");
  verb->add_option(
          "--source", flags->runtime.log_format,
          "Format of the logs: auto, ndr-json, zeek or argus (default: inputs.log_format of the spec)")
      ->check(CLI::IsMember({"auto", "ndr-json", "zeek", "argus"}));
  verb = AddSliceJob(app, action, spec::Job::kPairCounts, "pair-counts",
                     "Keep the pair counts of a batch, the input of pair rarity, as a dataset of its own.",
                     jobs::RunPairCounts, &flags);
  AddLogs(verb, flags.get(), kUnread);
  verb = AddSliceJob(app, action, spec::Job::kFgA, "fg-a", "Compute FG-A: the windows that end with a batch.",
                     jobs::RunFgA, &flags);
  AddLogs(verb, flags.get(), kUnread);
  AddFgB(app, action);
  verb = AddSliceJob(app, action, spec::Job::kFgC, "fg-c",
                     "Compute FG-C: how far a batch is from normal, its pairs and its evidence.",
                     jobs::RunFgC, &flags);
  AddLogs(verb, flags.get(), kUnread);
  verb->add_option(
      "--reference-time-iso", flags->reference,
      "Reference to judge by (default: that of an earlier run of the batch, else the newest not after its "
      "start), e.g. 2024-04-20T00:00:00Z");
}

}  // namespace ndr::app
