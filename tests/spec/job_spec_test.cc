// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/job_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "every_key.h"
#include "fake_store.h"
#include "ndr/base/exit_code.h"
#include "ndr/spec/documents.h"
#include "temporary_folder.h"

namespace ndr::spec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// The store of a project `acme` with what `spec init` gives, and changes over it.
class JobSpecs : public testing::Test {
 protected:
  JobSpecs() {
    for (const auto& [kind, body] : InitDocuments("acme", "v1"))
      store_.documents[{"acme", std::string(NameOf(kind)), "v1"}] = body;
  }
  Json& Of(std::string_view job) { return store_.documents[{"acme", std::string(job), "v1"}]; }
  arrow::Result<LoadedJob> Load(Job job, bool lenient = false) {
    return LoadJob(&store_, job, "acme", "v1", lenient);
  }
  std::string Refusal(Job job) {
    const arrow::Status status = Load(job).status();
    EXPECT_EQ(base::ExitCode(status), base::kExitUsage) << status;
    return status.message();
  }

  FakeStore store_;
};

TEST_F(JobSpecs, ACompleteSetIsTheDefaults) {
  for (const DocumentKind kind : DocumentKinds()) {
    if (!kind) continue;
    const LoadedJob loaded = Load(*kind).ValueOrDie();
    EXPECT_EQ(loaded.spec.job, *kind);
    EXPECT_EQ(loaded.spec.project_name, "acme");
    EXPECT_EQ(loaded.project.project_name, "acme");
    EXPECT_EQ(loaded.project.feature_spec_version, "v1");
    EXPECT_EQ(loaded.spec.log_format, "auto");
    EXPECT_FALSE(loaded.spec.from_delta);
    EXPECT_EQ(ActingKeys(loaded.project, "fg_c"), ActingKeys(DefaultProject(), "fg_c"));
  }
}

TEST_F(JobSpecs, AJobReadsItsInputsAndOutputs) {
  Of("delta_builder")["inputs"] = {{"raw_parsed_logs_prefix", "s3://logs/acme"}, {"log_format", "zeek"}};
  Of("delta_builder")["outputs"]["root"] = "s3://features/acme";
  Of("fg_b_builder")["inputs"]["source"] = "delta";
  const JobSpec delta = Load(Job::kDelta).ValueOrDie().spec;
  EXPECT_EQ(delta.raw_parsed_logs_prefix, "s3://logs/acme");
  EXPECT_EQ(delta.log_format, "zeek");
  EXPECT_EQ(delta.root, "s3://features/acme");
  EXPECT_TRUE(Load(Job::kFgB).ValueOrDie().spec.from_delta);
  EXPECT_EQ(Load(Job::kFgC).ValueOrDie().spec.root, "") << "each job has outputs of its own";

  Of("delta_builder")["inputs"]["log_format"] = "zek";
  EXPECT_THAT(Refusal(Job::kDelta), HasSubstr("acme/delta_builder#v1 in fake:memory: inputs.log_format: "
                                              "'zek' is no log format; did you mean 'zeek'?"));
  Of("delta_builder")["inputs"] = {{"raw_parsed_log_prefix", "x"}};
  EXPECT_THAT(Refusal(Job::kDelta),
              HasSubstr("inputs.raw_parsed_log_prefix: unknown key; did you mean 'raw_parsed_logs_prefix'?"));
}

// One project for all jobs of a version: fg_c knows what acted on the baselines that it reads.
TEST_F(JobSpecs, WhatAJobOverridesAllJobsKnow) {
  Of("delta_builder")["data_quality"]["clock_skew_minutes"] = 1;
  Of("fg_b_builder")["capping"]["z_max"] = 8;
  Of("fg_c_builder")["z_max"] = 9;
  for (const Job job : {Job::kDelta, Job::kPairCounts, Job::kFgA, Job::kFgB, Job::kFgC}) {
    const Project project = Load(job).ValueOrDie().project;
    EXPECT_EQ(project.data_quality.clock_skew, base::kMicrosPerMinute);
    EXPECT_EQ(project.capping.z_max, 8);
    EXPECT_EQ(project.z_max, 9);
  }
}

TEST_F(JobSpecs, AnOverrideOfOneKeyLeavesThoseBesideIt) {
  Of("project_parameters")["capping"] = {{"z_max", 7}, {"w_anom", 0.2}, {"level", "segment"}};
  Of("project_parameters")["data_quality"] = {{"rules", {{"outside_batch", false}}},
                                              {"allowed_lateness_hours", 12}};
  Of("fg_b_builder")["capping"] = {{"z_max", 8}};
  Of("delta_builder")["data_quality"] = {{"rules", {{"no_bytes_no_ports", false}}}};
  const Project project = Load(Job::kFgA).ValueOrDie().project;
  EXPECT_EQ(project.capping.z_max, 8);
  EXPECT_EQ(project.capping.w_anom_thousandths, 200);
  EXPECT_TRUE(project.capping.at_segment_level);
  EXPECT_FALSE(project.data_quality.outside_batch);
  EXPECT_FALSE(project.data_quality.no_bytes_no_ports);
  EXPECT_EQ(project.data_quality.allowed_lateness, base::kMicrosPerDay / 2);
}

TEST_F(JobSpecs, AKeyOfTheProjectIsRefusedByName) {
  Of("fg_b_builder")["host_networks"] = {"10.0.0.0/8"};
  EXPECT_THAT(
      Refusal(Job::kFgB),
      HasSubstr("acme/fg_b_builder#v1 in fake:memory: host_networks is the project's: datasets made under "
                "different ones do not join; set it in project_parameters"));
  EXPECT_FALSE(Load(Job::kFgB, true).ok()) << "lenient or not";
  Of("fg_b_builder").erase("host_networks");
  Of("fg_c_builder")["horizons"] = Json::array();
  EXPECT_THAT(Refusal(Job::kFgC), HasSubstr("horizons acts in fg_b_builder: set it in that job's spec"));
}

TEST_F(JobSpecs, UnknownKeysAreRefusedOrNoted) {
  Of("fg_c_builder")["findings"] = {{"min_scor", 40}};
  EXPECT_THAT(
      Refusal(Job::kDelta),
      HasSubstr(
          "acme/fg_c_builder#v1 in fake:memory: findings.min_scor: unknown key; did you mean 'min_score'?"));
  const LoadedJob lenient = Load(Job::kDelta, true).ValueOrDie();
  EXPECT_THAT(lenient.warnings, ElementsAre(HasSubstr("findings.min_scor: unknown key")));
}

// The metric is of a port set that only the parameters know: each document is checked over those below it.
TEST_F(JobSpecs, NamesAreCheckedInTheWholeAndBlamedOnTheirDocument) {
  Of("project_parameters")["port_sets"] = {{"MAIL_PORTS", {25}}};
  Of("project_parameters")["baselined_metrics"] = {"sessions_cnt", "mail_port_sessions_cnt"};
  Of("fg_b_builder")["capping"]["key_metrics"] = {"mail_port_sessions_cnt"};
  EXPECT_TRUE(Load(Job::kFgB).ok()) << Load(Job::kFgB).status();
  Of("fg_b_builder")["capping"]["key_metrics"] = {"mail_port_session_cnt"};
  EXPECT_THAT(Refusal(Job::kDelta), HasSubstr("acme/fg_b_builder#v1 in fake:memory: capping.key_metrics: "
                                              "'mail_port_session_cnt' is no baselined metric"));
}

TEST_F(JobSpecs, ParametersAndTheJobsOwnSpecMustBeThere) {
  store_.documents.erase({"acme", "fg_b_builder", "v1"});
  EXPECT_TRUE(Load(Job::kFgC).ok()) << "another job's spec may be absent";
  EXPECT_THAT(Refusal(Job::kFgB), HasSubstr("fg_b_builder"));
  store_.documents.erase({"acme", "project_parameters", "v1"});
  EXPECT_THAT(Refusal(Job::kFgC), HasSubstr("project_parameters"));
}

TEST_F(JobSpecs, ADocumentSaysOfItselfWhatItWasFoundBy) {
  Of("fg_b_builder")["project_name"] = "other";
  EXPECT_THAT(Refusal(Job::kFgC), HasSubstr("project_name is \"other\""));
  Of("fg_b_builder")["project_name"] = "acme";
  Of("fg_b_builder")["job_name"] = "fg_c_builder";
  EXPECT_THAT(Refusal(Job::kFgC), HasSubstr("job_name is \"fg_c_builder\""));
}

TEST_F(JobSpecs, TwoVersionsLiveSideBySide) {
  for (const auto& [kind, body] : InitDocuments("acme", "v2"))
    store_.documents[{"acme", std::string(NameOf(kind)), "v2"}] = body;
  store_.documents[{"acme", "fg_c_builder", "v2"}]["z_max"] = 12;
  EXPECT_EQ(Load(Job::kFgC).ValueOrDie().project.z_max, 6);
  EXPECT_EQ(LoadJob(&store_, Job::kFgC, "acme", "v2").ValueOrDie().project.z_max, 12);
}

TEST(JobOfProjectFile, GivesTheDefaultSpecAndTheFilesProject) {
  const TemporaryFolder folder;
  const std::string path = folder / "project.json";
  Put(path, R"({"project_name": "plant", "feature_spec_version": "v3", "z_max": 7})");
  const LoadedJob loaded = JobOfProjectFile(Job::kFgB, path).ValueOrDie();
  EXPECT_EQ(loaded.spec.project_name, "plant");
  EXPECT_EQ(loaded.spec.feature_spec_version, "v3");
  EXPECT_EQ(loaded.spec.job, Job::kFgB);
  EXPECT_EQ(loaded.project.z_max, 7);
  EXPECT_EQ(base::ExitCode(JobOfProjectFile(Job::kFgB, folder / "none.json").status()), base::kExitUsage);
}

// Flag, then job spec, then project parameters, then default: once for each type of key.
struct Type {
  const char* type;
  const char* key;
  std::string_view job;
  const char *by_default, *parameters, *spec, *flag;
};

class Precedence : public JobSpecs, public testing::WithParamInterface<Type> {};

TEST_P(Precedence, TheNearerSourceWins) {
  const Type& t = GetParam();
  const auto value = [&](const Project& project) {
    Document bound(DocumentKind(), project);
    return OneLine(bound.keys.Find(t.key)->write());
  };
  const auto put = [&](std::string_view job, const char* text) {
    Of(job).merge_patch(Nested(t.key, Json::parse(text)));
  };
  Of("project_parameters") = Json::object();
  EXPECT_EQ(value(Load(Job::kDelta).ValueOrDie().project),
            t.by_default ? t.by_default : value(DefaultProject()));
  put("project_parameters", t.parameters);
  EXPECT_EQ(value(Load(Job::kDelta).ValueOrDie().project), t.parameters);
  put(t.job, t.spec);
  EXPECT_EQ(value(Load(Job::kDelta).ValueOrDie().project), t.spec) << "above the parameters";
  Project project = Load(Job::kDelta).ValueOrDie().project;
  ASSERT_TRUE(SetKeys(Nested(t.key, Json::parse(t.flag)), "--flag", &project).ok());
  EXPECT_EQ(value(project), t.flag) << "above the job spec";
}

constexpr std::string_view kDelta = "delta_builder", kFgB = "fg_b_builder", kFgC = "fg_c_builder";
INSTANTIATE_TEST_SUITE_P(
    Types, Precedence,
    testing::Values(
        Type{"number", "z_max", kFgC, "6", "7", "8.5", "9"},
        Type{"whole", "support_min.default", kFgB, "50", "40", "30", "20"},
        Type{"flag", "data_quality.rules.outside_batch", kDelta, "true", "false", "true", "false"},
        Type{"text", "ip_machine_mapping.path", kFgB, R"("")", R"("a.csv")", R"("b.csv")", R"("c.csv")"},
        Type{"length", "data_quality.allowed_lateness_hours", kDelta, "24", "12", "6", "0.5"},
        Type{"weight", "capping.w_anom", kFgB, "0.1", "0.2", "0.3", "0"},
        Type{"choice", "capping.level", kFgB, R"("host")", R"("segment")", R"("host")", R"("segment")"},
        Type{"zone", "source_timezone", kDelta, "{}", R"("Europe/Prague")", R"("Asia/Tokyo")",
             R"({"fw":"UTC"})"},
        Type{"texts", "non_persistent_machine_prefixes", kFgB, "[]", R"(["A"])", R"(["B"])", R"(["C","D"])"},
        Type{"metrics", "rank_metrics", kFgC, nullptr, R"(["deny_ratio"])", R"(["tcp_ratio"])",
             R"(["udp_ratio"])"},
        Type{"ports", "findings.clock_ports", kFgC, nullptr, "[53]", "[123]", "[53,123]"},
        Type{"map", "field_mapping", kDelta, "{}", R"({"source_ip":"a"})", R"({"source_ip":"b"})",
             R"({"source_ip":"c"})"},
        Type{"objects", "horizons", kFgB, nullptr, R"([{"label":"1d","length_days":1,"gap_days":0}])",
             R"([{"label":"2d","length_days":2,"gap_days":0}])",
             R"([{"label":"3d","length_days":3,"gap_days":1}])"}),
    [](const auto& made) { return std::string(made.param.type); });

}  // namespace
}  // namespace ndr::spec
