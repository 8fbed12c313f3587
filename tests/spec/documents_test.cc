// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/documents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kept_document.h"

namespace ndr::spec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(SpecDocs, TheDocumentKeptIsThatOfTheDescription) {
  EXPECT_EQ(KeptDocument("job-spec.md"), JobSpecMarkdown()) << "ndr spec docs > docs/job-spec.md";
}

TEST(SpecDocs, TheSchemasKeptAreThoseOfTheDescription) {
  for (const DocumentKind kind : DocumentKinds())
    EXPECT_EQ(KeptDocument("schemas/" + SchemaFile(kind)), JsonSchemaOf(kind).dump(2) + "\n")
        << "ndr spec schema " << NameOf(kind) << " > docs/schemas/" << SchemaFile(kind);
}

TEST(InitDocuments, HoldEveryKeyOnceWithItsDefault) {
  const auto documents = InitDocuments("acme", "v1");
  ASSERT_EQ(documents.size(), 6u);
  for (const auto& [kind, json] : documents) {
    Document described(kind);
    for (const auto& key : described.keys.keys()) {
      if (kind && key->overridden_by)
        EXPECT_FALSE(json.contains(key->name)) << "it would undo the project's " << key->name;
      else
        EXPECT_TRUE(json.contains(key->name)) << NameOf(kind) << " " << key->name;
    }
    EXPECT_EQ(json.begin().key(), "$schema");
    EXPECT_EQ(json["$schema"], "../../schemas/" + SchemaFile(kind));
    EXPECT_EQ(json["project_name"], "acme");
    EXPECT_EQ(json["job_name"], NameOf(kind));
    EXPECT_EQ(json["feature_spec_version"], "v1");
    EXPECT_TRUE(CheckDocument(kind, json, "d").ok()) << CheckDocument(kind, json, "d").status();
  }
  const Json& parameters = documents[0].second;
  EXPECT_EQ(parameters["data_quality"]["allowed_lateness_hours"].dump(), "24");
  EXPECT_EQ(parameters["horizons"][0].dump(), R"({"label":"7d","length_days":7,"gap_days":2})");
  EXPECT_EQ(parameters["support_min"].dump(), R"({"default":50,"metrics":{},"windows":{}})");
  EXPECT_EQ(parameters["calendar"]["weekend"].dump(), R"(["SAT","SUN"])");
  EXPECT_EQ(documents[1].second["inputs"].dump(), R"({"raw_parsed_logs_prefix":"","log_format":"auto"})");
  EXPECT_EQ(documents[4].second["inputs"].dump(), R"({"source":"fg_a"})");
}

TEST(JsonSchemas, CarryDescriptionsDefaultsRangesAndChoices) {
  const Json schema = JsonSchemaOf(Job::kFgB);
  EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(schema["additionalProperties"], false);
  const Json& capping = schema["properties"]["capping"];
  EXPECT_EQ(capping["additionalProperties"], false);
  const Json& weight = capping["properties"]["w_anom"];
  EXPECT_EQ(weight["type"], "number");
  EXPECT_EQ(weight["minimum"], 0);
  EXPECT_EQ(weight["maximum"], 1);
  EXPECT_EQ(weight["default"], 0.1);
  EXPECT_THAT(weight["description"].get<std::string>(), HasSubstr("weight of a discounted slice"));
  EXPECT_EQ(capping["properties"]["level"]["enum"].dump(), R"(["host","segment"])");
  const Json& horizon = schema["properties"]["horizons"]["items"];
  EXPECT_EQ(horizon["required"].dump(), R"(["label","length_days"])");
  EXPECT_EQ(schema["properties"]["job_name"]["const"], "fg_b_builder");
  EXPECT_FALSE(schema["properties"].contains("z_max")) << "a key of fg_c_builder";
  EXPECT_FALSE(JsonSchemaOf(Job::kFgA)["properties"].contains("windows"));
}

TEST(ExplainKey, SaysFormDefaultDatasetsAndWhereItIsSet) {
  EXPECT_EQ(ExplainKey("capping.z_max").ValueOrDie(),
            "capping.z_max: a number, at least 0\n"
            "  The |z| of a key metric above which a slice is discounted.\n"
            "  Default: 6\n"
            "  It acts on fg_b, fg_c.\n"
            "  Set it in project_parameters; the spec of fg_b_builder may override it.\n");
  EXPECT_THAT(ExplainKey("host_networks").ValueOrDie(), HasSubstr("Set it in project_parameters alone."));
  EXPECT_THAT(ExplainKey("findings.memory_days").ValueOrDie(), HasSubstr("It changes no data."));
  EXPECT_THAT(ExplainKey("inputs.log_format").ValueOrDie(),
              HasSubstr("Set it in the spec of delta_builder."));
  const std::string group = ExplainKey("support_min").ValueOrDie();
  EXPECT_THAT(group, HasSubstr("support_min: an object\n"));
  EXPECT_THAT(group, HasSubstr("support_min.windows: an object of whole numbers"));
  EXPECT_THAT(ExplainKey("horizons").ValueOrDie(),
              HasSubstr("    gap_days: How long before the reference time"));
  EXPECT_EQ(ExplainKey("memory_days").status().message(),
            "'memory_days' is no key; did you mean 'findings.memory_days'?");
  EXPECT_EQ(ExplainKey("host_network").status().message(),
            "'host_network' is no key; did you mean 'host_networks'?");
}

Json Body(const char* text) { return Json::parse(text); }

TEST(Diff, NamesTheKeysThatDifferWithBothValues) {
  const auto diff =
      Diff({},
           Body(R"({"z_max": 6, "host_networks": ["10.0.0.0/8", "fc00::/7"], "feature_spec_version": "v1"})"),
           Body(R"({"z_max": 7.5, "host_networks": ["fc00::/7", "10.0.0.0/8"], "feature_spec_version": "v2",
                                    "keep": {"pair_counts": true}})"))
          .ValueOrDie();
  ASSERT_EQ(diff.size(), 2u) << "the order of networks says nothing, and versions differ as they should";
  EXPECT_EQ(diff[0].path, "keep.pair_counts");
  EXPECT_EQ(*diff[0].before, "false") << "left out: the default";
  EXPECT_EQ(*diff[0].after, "true");
  EXPECT_EQ(diff[1].path, "z_max");
  EXPECT_EQ(*diff[1].before, "6");
  EXPECT_EQ(*diff[1].after, "7.5");
}

TEST(Diff, AJobsDocumentLeavesKeysToTheProject) {
  const auto diff =
      Diff(Job::kFgC, Body(R"({"z_max": 6, "outputs": {"root": "a"}})"), Body("{}")).ValueOrDie();
  ASSERT_EQ(diff.size(), 2u);
  EXPECT_EQ(diff[0].path, "outputs.root");
  EXPECT_EQ(*diff[0].after, "\"\"");
  EXPECT_EQ(diff[1].path, "z_max");
  EXPECT_EQ(*diff[1].before, "6");
  EXPECT_FALSE(diff[1].after.has_value());
  EXPECT_THAT(Diff(Job::kFgC, Body(R"({"zmax": 1})"), Body("{}")).status().message(),
              HasSubstr("before: zmax: unknown key"));
}

TEST(FindDocumentKind, KnowsTheJobsAndTheParameters) {
  EXPECT_EQ(*FindDocumentKind("project_parameters"), DocumentKind());
  EXPECT_EQ(*FindDocumentKind("fg_a_builder"), DocumentKind(Job::kFgA));
  EXPECT_THAT(FindDocumentKind("fg_a_bilder").status().message(), HasSubstr("did you mean 'fg_a_builder'?"));
}

}  // namespace
}  // namespace ndr::spec
