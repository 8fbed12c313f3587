// SPDX-License-Identifier: Apache-2.0
// Pipelines as data: which commands run in which order, with which arguments (specification 4, Pipelines).
// Running, checking and exporting all read these structs, so that what an orchestrator runs is what `ndr
// pipeline run` runs.
#pragma once

#include <arrow/result.h>

#include <string>
#include <string_view>
#include <vector>

namespace ndr::pipeline {

/// What a parameter says, where that matters to more than its command: the lock's name is made of kProject,
/// kVersion and kBatch or kReference; kRoot is where the lock lies; kLogs may be given as files instead.
/// kText is anything else.
enum class Kind : uint8_t { kText, kProject, kVersion, kBatch, kStart, kEnd, kReference, kLogs, kRoot };
/// `text`, `project`, `version`, `batch`, `start`, `end`, `reference`, `logs`, `root`.
std::string_view NameOf(Kind kind);
/// A value of the kind as its command takes it, for checks.
std::string SampleOf(Kind kind);

/// Named as SageMaker wants it (`MiniBatchId`). There are no defaults.
struct Parameter {
  std::string name;
  Kind kind = Kind::kText;
  std::string meaning;  ///< one sentence

  friend bool operator==(const Parameter&, const Parameter&) = default;
};

/// One flag of a step with the value of a parameter or a literal one; neither: the flag alone.
struct Argument {
  std::string flag;  ///< with its dashes
  std::string parameter;
  std::string value;

  friend bool operator==(const Argument&, const Argument&) = default;
};

/// One command. It begins when all steps of `after` are done.
struct Step {
  std::string name;
  std::string command;  ///< verb of the command line: `delta`
  std::string meaning;
  std::vector<std::string> after;
  std::vector<Argument> arguments;

  friend bool operator==(const Step&, const Step&) = default;
};

struct Pipeline {
  std::string name;
  std::string meaning;
  std::vector<Parameter> parameters;
  std::vector<Step> steps;

  const Parameter* Find(std::string_view parameter) const;
  /// The first parameter of the kind, null: none.
  const Parameter* OfKind(Kind kind) const;

  friend bool operator==(const Pipeline&, const Pipeline&) = default;
};

/// `delta_only`, `streaming_15m`, `fg_b_baseline`.
const std::vector<Pipeline>& Pipelines();

/// A pipeline by its name, or of a JSON file where the text ends in `.json` (pipeline_json.h). A usage error
/// names the pipelines there are, or what is wrong in the file.
arrow::Result<Pipeline> FindPipeline(const std::string& name_or_file);

}  // namespace ndr::pipeline
