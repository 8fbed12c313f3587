// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/pipelines.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "ndr/base/exit_code.h"
#include "ndr/catalogue/catalogue.h"
#include "ndr/disk/files.h"
#include "ndr/pipeline/pipeline_json.h"

namespace ndr::pipeline {
namespace {

struct KindWords {
  std::string_view name, sample;
};
// By the order of Kind.
constexpr KindWords kKinds[] = {{"text", "text"},
                                {"project", "acme"},
                                {"version", "v1"},
                                {"batch", "20240420T120000Z"},
                                {"start", "2024-04-20T12:00:00Z"},
                                {"end", "2024-04-20T12:15:00Z"},
                                {"reference", "2024-04-20T00:00:00Z"},
                                {"logs", "logs"},
                                {"root", "out"}};

const Parameter kProjectName{"ProjectName", Kind::kProject,
                             "Name of the project, whose job specs the steps read."};
const Parameter kVersion{"FeatureSpecVersion", Kind::kVersion,
                         "Version of the features; versions never share data."};
const Parameter kBatchId{"MiniBatchId", Kind::kBatch,
                         "Id of the mini-batch, such as its slot's start: 20240420T120000Z."};
const Parameter kBatchStart{"BatchStartTsIso", Kind::kStart,
                            "Start of the batch's slot, with a zone: 2024-04-20T12:00:00Z."};
const Parameter kBatchEnd{"BatchEndTsIso", Kind::kEnd,
                          "End of the batch's slot, a quarter of an hour later."};
const Parameter kLogsPrefix{"RawParsedLogsPrefix", Kind::kLogs,
                            "The batch's log files lie below this prefix, in a folder named by its id."};
const Parameter kReference{"ReferenceTimeIso", Kind::kReference,
                           "The time for which baselines are built, with a zone: 2024-04-20T00:00:00Z."};
const Parameter kRoot{"Root", Kind::kRoot, "Folder or prefix of the datasets."};

// What every job of a batch takes, and then `more`.
std::vector<Argument> OfBatch(const std::vector<Argument>& more = {}) {
  std::vector<Argument> all = {{"--project-name", "ProjectName", ""},
                               {"--feature-spec-version", "FeatureSpecVersion", ""},
                               {"--mini-batch-id", "MiniBatchId", ""},
                               {"--batch-start-ts-iso", "BatchStartTsIso", ""},
                               {"--batch-end-ts-iso", "BatchEndTsIso", ""}};
  all.insert(all.end(), more.begin(), more.end());
  all.push_back({"--root", "Root", ""});
  return all;
}

Step Delta() {
  return {"delta",
          "delta",
          "What each host and pair did in the slot, from its logs.",
          {},
          OfBatch({{"--raw-parsed-logs-prefix", "RawParsedLogsPrefix", ""}})};
}

Pipeline DeltaOnly() {
  return {"delta_only",
          "The partials of one mini-batch, without features.",
          {kProjectName, kVersion, kBatchId, kBatchStart, kBatchEnd, kLogsPrefix, kRoot},
          {Delta()}};
}

Pipeline Streaming() {
  return {"streaming_15m",
          "Every quarter of an hour: what each host does now, and how far that is from normal.",
          {kProjectName, kVersion, kBatchId, kBatchStart, kBatchEnd, kLogsPrefix, kRoot},
          {Delta(),
           {"pair_counts", "pair-counts", "The pairs of the slot by themselves.", {"delta"}, OfBatch()},
           {"fg_a",
            "fg-a",
            "What each host does now, over every window that ends with the slot.",
            {"delta"},
            OfBatch()},
           {"fg_c", "fg-c", "How far now is from normal, and the evidence.", {"fg_a"}, OfBatch()}}};
}

Pipeline Baseline() {
  return {"fg_b_baseline",
          "Monthly or on demand: what is normal, for a reference time.",
          {kProjectName, kVersion, kReference, kRoot},
          {{"fg_b",
            "fg-b",
            "Baselines of hosts, segments, the network and pairs, over every horizon.",
            {},
            {{"--project-name", "ProjectName", ""},
             {"--feature-spec-version", "FeatureSpecVersion", ""},
             {"--reference-time-iso", "ReferenceTimeIso", ""},
             {"--root", "Root", ""}}}}};
}

}  // namespace

std::string_view NameOf(Kind kind) { return kKinds[static_cast<size_t>(kind)].name; }
std::string SampleOf(Kind kind) { return std::string(kKinds[static_cast<size_t>(kind)].sample); }

const Parameter* Pipeline::Find(std::string_view parameter) const {
  const auto found = std::ranges::find(parameters, parameter, &Parameter::name);
  return found == parameters.end() ? nullptr : &*found;
}

const Parameter* Pipeline::OfKind(Kind kind) const {
  const auto found = std::ranges::find(parameters, kind, &Parameter::kind);
  return found == parameters.end() ? nullptr : &*found;
}

const std::vector<Pipeline>& Pipelines() {
  static const std::vector<Pipeline> all = {DeltaOnly(), Streaming(), Baseline()};
  return all;
}

arrow::Result<Pipeline> FindPipeline(const std::string& name_or_file) {
  if (name_or_file.ends_with(".json")) {
    ARROW_ASSIGN_OR_RAISE(const auto text, disk::ReadWhole(name_or_file));
    if (!text) return base::UsageError("there is no file " + name_or_file);
    return PipelineFromJson(*text, name_or_file);
  }
  std::vector<std::string> names;
  for (const Pipeline& pipeline : Pipelines()) {
    if (pipeline.name == name_or_file) return pipeline;
    names.push_back(pipeline.name);
  }
  const std::string nearest = catalogue::Nearest(name_or_file, names);
  return base::UsageError(fmt::format(
      "'{}' is no pipeline; {}", name_or_file,
      nearest.empty() ? fmt::format("there are {}, or name a file that ends in .json", fmt::join(names, ", "))
                      : fmt::format("did you mean '{}'?", nearest)));
}

}  // namespace ndr::pipeline
