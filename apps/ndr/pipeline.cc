// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <memory>

#include "ndr/base/exit_code.h"
#include "ndr/disk/files.h"
#include "ndr/pipeline/export.h"
#include "ndr/pipeline/pipeline_json.h"
#include "ndr/pipeline/run.h"
#include "ndr/pipeline/validate.h"
#include "own_commands.h"
#include "step_flags.h"
#include "stop_request.h"
#include "terminal.h"
#include "verbs.h"

namespace ndr::app {
namespace {

using arrow::Status;
using pipeline::Pipeline;

struct PipelineFlags {
  std::string name, format = "table", root, target, out;
  std::vector<std::string> names, parameters, inputs;
  StepFlags steps;
  bool dry_run = false;
  double lease_seconds = std::chrono::duration<double>(pipeline::kLease).count();
  pipeline::ExportOptions platform;
};

Status ListPipelines(const PipelineFlags& flags) {
  if (flags.format == "json") {
    for (const Pipeline& p : pipeline::Pipelines()) fmt::print("{}", pipeline::ToJson(p));
    return Status::OK();
  }
  for (const Pipeline& p : pipeline::Pipelines()) Say(stdout, "{:15} {}\n", p.name, p.meaning);
  return Status::OK();
}

std::string InWords(const pipeline::Argument& argument) {
  if (!argument.parameter.empty()) return argument.flag + " {" + argument.parameter + "}";
  return argument.value.empty() ? argument.flag : argument.flag + " " + argument.value;
}

Status ShowPipeline(const PipelineFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const Pipeline p, pipeline::FindPipeline(flags.name));
  if (flags.format == "json") {
    fmt::print("{}", pipeline::ToJson(p));
    return Status::OK();
  }
  Say(stdout, "{}\n{}\n\nParameters, none with a default:\n", p.name, p.meaning);
  for (const pipeline::Parameter& parameter : p.parameters)
    Say(stdout, "  {:20} {}\n", parameter.name, parameter.meaning);
  Say(stdout, "\nSteps:\n");
  for (const pipeline::Step& step : p.steps) {
    Say(stdout, "  {:20} {}\n", step.name, step.meaning);
    if (!step.after.empty()) Say(stdout, "  {:20} after {}\n", "", fmt::join(step.after, ", "));
    std::vector<std::string> words;
    for (const pipeline::Argument& argument : step.arguments) words.push_back(InWords(argument));
    Say(stdout, "  {:20} ndr {} {}\n", "", step.command, fmt::join(words, " "));
  }
  return Status::OK();
}

Status ValidatePipeline(const PipelineFlags& flags) {
  std::vector<std::string> names = flags.names;
  if (names.empty())
    for (const Pipeline& p : pipeline::Pipelines()) names.push_back(p.name);
  size_t refused = 0;
  for (const std::string& name : names) {
    ARROW_ASSIGN_OR_RAISE(const Pipeline p, pipeline::FindPipeline(name));
    const std::vector<std::string> problems = pipeline::Problems(p, OwnCommands());
    refused += problems.empty() ? 0 : 1;
    if (problems.empty()) Say(stdout, "{}: valid\n", name);
    for (const std::string& problem : problems) Say(stdout, "{}: {}\n", name, problem);
  }
  if (refused == 0) return Status::OK();
  return base::UsageError(fmt::format("{} of {} pipelines are not valid", refused, names.size()));
}

arrow::Result<pipeline::Values> ValuesOf(const PipelineFlags& flags, const Pipeline& p) {
  pipeline::Values values;
  values.inputs = flags.inputs;
  values.extra = flags.steps.Arguments();
  for (const std::string& text : flags.parameters) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      return base::UsageError("--parameter '" + text +
                              "' is not NAME=VALUE, such as MiniBatchId=20240420T120000Z");
    if (!values.set.emplace(text.substr(0, equals), text.substr(equals + 1)).second)
      return base::UsageError("the parameter " + text.substr(0, equals) + " is set twice");
  }
  if (flags.root.empty()) return values;
  const pipeline::Parameter* root = p.OfKind(pipeline::Kind::kRoot);
  if (root == nullptr) return base::UsageError("pipeline '" + p.name + "' has no root; leave --root out");
  if (!values.set.emplace(root->name, flags.root).second)
    return base::UsageError("--root and the parameter " + root->name +
                            " say the same; leave one of them out");
  return values;
}

// As a shell would take it.
std::string Word(const std::string& text) {
  const auto plain = [](unsigned char c) {
    return std::isalnum(c) ||
           std::string_view("-_./:=,+@%").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (!text.empty() && std::ranges::all_of(text, plain)) return text;
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

Status DryRun(const Pipeline& p, const pipeline::Values& values) {
  ARROW_ASSIGN_OR_RAISE(const auto plan, pipeline::Plan(p, values, OwnCommands()));
  for (size_t i = 0; i < plan.size(); ++i) {
    std::string line = p.steps[i].name + ": ndr";
    for (const std::string& argument : plan[i]) line += " " + Word(argument);
    fmt::print("{}\n", line);
  }
  return Status::OK();
}

Status RunPipeline(const PipelineFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const Pipeline p, pipeline::FindPipeline(flags.name));
  pipeline::RunOptions options;
  ARROW_ASSIGN_OR_RAISE(options.values, ValuesOf(flags, p));
  if (flags.dry_run) return DryRun(p, options.values);
  options.lease = std::chrono::milliseconds(static_cast<int64_t>(flags.lease_seconds * 1000));
  const StopRequest stop;
  options.stop = [&] { return stop.signal(); };
  options.ended = [](const pipeline::StepResult& step) {
    if (step.outcome == pipeline::Outcome::kSkipped) {
      Say(stderr, "step {}: skipped, {}\n", step.step, step.reason);
    } else {
      Say(stderr, "step {}: {} in {:.2f} s\n", step.step, pipeline::NameOf(step.outcome), step.seconds);
    }
  };
  ARROW_ASSIGN_OR_RAISE(const pipeline::RunResult result, pipeline::Run(p, options, OwnCommands()));
  return result.status();
}

Status ExportTo(const PipelineFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const Pipeline p, pipeline::FindPipeline(flags.name));
  ARROW_RETURN_NOT_OK(pipeline::Validate(p, OwnCommands()));
  ARROW_ASSIGN_OR_RAISE(const std::string text,
                        pipeline::Export(p, *pipeline::ParseTarget(flags.target), flags.platform));
  if (!flags.out.empty()) return disk::WriteFile(flags.out, text);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return Status::OK();
}

constexpr char kNameHelp[] =
    "delta_only, streaming_15m, fg_b_baseline, or a JSON file of your own (see: show NAME --format json)";

CLI::Option* AddFormat(CLI::App* verb, PipelineFlags* flags) {
  return verb->add_option("--format", flags->format, "table or json")
      ->capture_default_str()
      ->check(CLI::IsMember({"table", "json"}));
}

void AddRun(CLI::App* verb, PipelineFlags* flags) {
  verb->add_option("name", flags->name, kNameHelp)->required();
  verb->add_option("-p,--parameter", flags->parameters,
                   "A parameter, again for more; e.g. -p MiniBatchId=20240420T120000Z");
  verb->add_option("--root", flags->root, "Folder of the datasets: the parameter Root");
  verb->add_option("--input", flags->inputs,
                   "Log files of the batch, in place of the parameter RawParsedLogsPrefix");
  flags->steps.Add(verb);
  verb->add_flag("--dry-run", flags->dry_run, "Print the steps' command lines and run nothing");
  verb->add_option("--lease-seconds", flags->lease_seconds,
                   "After this long the lock of a run that is gone from another host is free")
      ->check(CLI::Range(1.0, 86400.0))
      ->capture_default_str();
}

void AddExport(CLI::App* verb, PipelineFlags* flags) {
  verb->add_option("name", flags->name, kNameHelp)->required();
  verb->add_option("--target", flags->target, "sagemaker, stepfunctions or airflow")
      ->required()
      ->check(CLI::IsMember({"sagemaker", "stepfunctions", "airflow"}));
  verb->add_option("--out", flags->out, "File to write (default: standard output)");
  verb->add_option("--image-uri", flags->platform.image_uri,
                   "SageMaker: container image (default: the parameter ImageUri)");
  verb->add_option("--role-arn", flags->platform.role_arn,
                   "SageMaker: role of the jobs (default: the parameter RoleArn)");
  verb->add_option("--instance-type", flags->platform.instance_type,
                   "SageMaker: instance of a job (default: the parameter InstanceType)");
}

}  // namespace

void AddPipeline(CLI::App* app, Action* action) {
  auto flags = std::make_shared<PipelineFlags>();
  CLI::App* verb = app->add_subcommand(
      "pipeline",
      "Steps that belong together: look at them, run them here, hand them to an orchestrator.\n"
      "Examples:\n"
      "  ndr pipeline run streaming_15m --root out -p ProjectName=acme -p FeatureSpecVersion=v1 \\\n"
      "      -p MiniBatchId=20240420T120000Z -p BatchStartTsIso=2024-04-20T12:00:00Z \\\n"
      "      -p BatchEndTsIso=2024-04-20T12:15:00Z -p RawParsedLogsPrefix=/var/log/batches\n"
      "  ndr pipeline export streaming_15m --target sagemaker --out streaming.json");
  verb->require_subcommand(1);
  const auto add = [&](const char* name, const char* about, Status (*run)(const PipelineFlags&)) {
    CLI::App* sub = verb->add_subcommand(name, about);
    sub->callback([flags, action, run] { *action = [flags, run] { return run(*flags); }; });
    return sub;
  };
  AddFormat(add("list", "The pipelines there are.", ListPipelines), flags.get());
  CLI::App* show =
      add("show", "A pipeline's parameters and steps; --format json is how to begin one of your own.",
          ShowPipeline);
  show->add_option("name", flags->name, kNameHelp)->required();
  AddFormat(show, flags.get());
  add("validate", "Check pipelines: names, dependencies, cycles, and that each command takes its arguments.",
      ValidatePipeline)
      ->add_option("name", flags->names, "Pipelines or JSON files (default: those there are)");
  AddRun(
      add("run",
          "Run a pipeline here: independent steps together; a failed step stops those that wait for it. The "
          "same "
          "command again goes on where a failed or killed run was.\n"
          "Example: ndr pipeline run fg_b_baseline --root out -p ProjectName=acme -p FeatureSpecVersion=v1 "
          "-p ReferenceTimeIso=2024-04-20T00:00:00Z",
          RunPipeline),
      flags.get());
  AddExport(add("export",
                "Print a pipeline as another system's own.\n"
                "Example: ndr pipeline export streaming_15m --target airflow --out dags/streaming_15m.py",
                ExportTo),
            flags.get());
}

}  // namespace ndr::app
