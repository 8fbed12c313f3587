// SPDX-License-Identifier: Apache-2.0
// Job specs with types: what one job of a project and version reads, writes and overrides (specification 4,
// Job specs). A key's value is the flag's, else the job spec's, else the project parameters', else the
// default.
#pragma once

#include <arrow/result.h>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/spec/project.h"
#include "ndr/spec/store.h"

namespace ndr::spec {

enum class Job : uint8_t { kDelta, kPairCounts, kFgA, kFgB, kFgC };
inline constexpr std::array<std::string_view, 5> kJobNames = {"delta_builder", "pair_counts_builder",
                                                              "fg_a_builder", "fg_b_builder", "fg_c_builder"};
constexpr std::string_view NameOf(Job job) { return kJobNames[static_cast<size_t>(job)]; }
/// The document beside the jobs': what the whole project shares.
inline constexpr std::string_view kProjectParameters = "project_parameters";

/// A job's own inputs and outputs.
struct JobSpec {
  Job job = Job::kDelta;
  std::string project_name, feature_spec_version;
  std::string root;                    ///< outputs.root; empty: the flag must name one
  std::string raw_parsed_logs_prefix;  ///< inputs.raw_parsed_logs_prefix, of delta_builder; empty: the flag's
  std::string log_format = "auto";     ///< inputs.log_format, of delta_builder
  bool from_delta = false;             ///< inputs.source is `delta`, not `fg_a`: of fg_b_builder
  // feature_groups, of fg_a_builder and fg_c_builder: over the project's.
  std::optional<bool> feature_groups_enabled = {};
  std::map<std::string, std::string> feature_group_names = {};
};

/// What a job runs with. All jobs of a version see one project: the default, then its parameters, then what
/// each job's spec overrides (the keys of document 4's table for that job, and no others), so that every job
/// knows the configuration that acted on what it reads.
struct LoadedJob {
  JobSpec spec;
  Project project;
  /// Lenient loading: the unknown keys that were passed over, each with its document and path.
  std::vector<std::string> warnings;
};

/// Reads `project_parameters` and the job's own spec, which must be there, and those of the other jobs that
/// override keys, where they are. Usage errors: those of the store; unknown keys (`lenient`: warnings) and
/// wrong types with their full path; a key that the job may not override, which no leniency lets pass.
arrow::Result<LoadedJob> LoadJob(SpecStore* store, Job job, const std::string& project_name,
                                 const std::string& feature_spec_version, bool lenient = false);
/// The project alone, as all jobs of the version see it; the jobs' own specs may all be absent.
arrow::Result<Project> LoadProjectOf(SpecStore* store, const std::string& project_name,
                                     const std::string& feature_spec_version);
/// The same as LoadJob with a project file in the store's place: the job's spec is the default one.
arrow::Result<LoadedJob> JobOfProjectFile(Job job, const std::string& path);

/// Sets the keys that a document of any of the project's keys names, above everything else: what flags say.
/// `origin` names it in errors. Check the project once all are set.
arrow::Status SetKeys(const Json& keys, std::string_view origin, Project* project);
/// The project's feature_groups with what the job's own document says of them.
FeatureGroups FeatureGroupsOf(const JobSpec& spec, const Project& project);
/// Names of metrics and windows, horizons, prefix lengths: what no single key can tell.
arrow::Status CheckProject(const Project& project);

}  // namespace ndr::spec
