// SPDX-License-Identifier: Apache-2.0
// The keys of a job's own document.
#include <algorithm>

#include "ndr/spec/composite_forms.h"
#include "ndr/spec/describe.h"

namespace ndr::spec {

namespace {

struct LogFormat : form::Text {
  static constexpr std::string_view kWords[] = {"auto", "ndr-json", "zeek", "argus"};
  static void Read(const Json& json, const At& at, std::string* out) {
    Text::Read(json, at, out);
    if (std::find(std::begin(kWords), std::end(kWords), *out) == std::end(kWords))
      at.Unknown(*out, "log format", {std::begin(kWords), std::end(kWords)});
  }
  static Form Describe() {
    return {"one of `auto`, `ndr-json`, `zeek`, `argus`", "formats", {{"enum", kWords}}};
  }
};

struct SourceWords {
  using Type = bool;
  static constexpr std::string_view kWhat = "source", kWords[] = {"fg_a", "delta"};
};

void DescribeInputs(JobSpec* out, Keys* keys) {
  if (out->job == Job::kDelta) {
    keys->Add<form::Text>("raw_parsed_logs_prefix", &out->raw_parsed_logs_prefix,
                          "Where logs arrive: a batch's files lie in the folder below it that has the "
                          "batch's id; empty: the flag names it.");
    keys->Add<LogFormat>("log_format", &out->log_format,
                         "How log files are written; auto: told by their first lines.");
  }
  if (out->job == Job::kFgB)
    keys->Add<form::OneOf<SourceWords>>(
        "source", &out->from_delta,
        "Build baselines from the rows of fg_a, or from windows made again of delta.");
}

}  // namespace

void DescribeKeys(JobSpec* out, Keys* keys) {
  keys->Add<form::SchemaLink>("$schema", &form::kNoLink, "The JSON Schema of this document, for editors.");
  keys->Add<form::Name>("project_name", &out->project_name, "The project, as the document is found by.");
  keys->Add<form::Constant>("job_name", &kJobNames[static_cast<size_t>(out->job)],
                            "The job, as the document is found by.");
  keys->Add<form::Name>("feature_spec_version", &out->feature_spec_version,
                        "The version, as the document is found by.");
  if (out->job == Job::kDelta || out->job == Job::kFgB)
    DescribeInputs(out, keys->Group("inputs", "What the job reads."));
  keys->Group("outputs", "What the job writes.")
      ->Add<form::Text>("root", &out->root,
                        "The folder or prefix of the datasets; empty: the flag names it.");
  DescribeFeatureGroups(out, keys);
}

}  // namespace ndr::spec
