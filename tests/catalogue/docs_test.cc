// SPDX-License-Identifier: Apache-2.0
#include "ndr/catalogue/docs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "kept_document.h"
#include "ndr/catalogue/describe.h"

namespace ndr::catalogue {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Catalogue& Declared() {
  static const auto words = Catalogue::Make({}).ValueOrDie();
  return *words;
}

// When these fail, data or documentation changed: look at the difference, then keep the new text (`ndr
// catalogue docs`, `ndr catalogue docs --lock`).
TEST(CatalogueDocs, TheDocumentKeptIsThatOfTheCode) {
  EXPECT_EQ(KeptDocument("catalogue.md"), DocsMarkdown(Declared()));
}
TEST(CatalogueDocs, TheLockKeptIsThatOfTheCode) {
  EXPECT_EQ(KeptDocument("catalogue.lock"), LockText(Declared()));
}

TEST(CatalogueDocs, FormulasReadLikeMeasures) {
  const auto formula = [](std::string_view name) { return Formula(kMetrics[FindMetric(name)]); };
  EXPECT_EQ(formula("sessions_cnt"), "count(sessions)");
  EXPECT_EQ(formula("high_risk_port_unique_peers"), "distinct(peer where high_risk_port)");
  EXPECT_EQ(formula("deny_ratio"), "deny_cnt / sessions_cnt");
  EXPECT_EQ(formula("bytes_asymmetry_log"), "ln((bytes_src_sum + 1) / (bytes_dst_sum + 1))");
  EXPECT_EQ(formula("bytes_asymmetry_ratio"), "bytes_src_sum / (bytes_dst_sum + 1)");
  EXPECT_EQ(formula("failed_peers_per_port_max"), "failed_spread(peer per port)");
  EXPECT_EQ(formula("failed_peers_per_port_at"), "where failed_peers_per_port_max is");
}

TEST(CatalogueDocs, TheListIsOneJsonObjectAMetric) {
  std::istringstream lines(ListJson(Declared()));
  std::string line;
  size_t n = 0;
  while (std::getline(lines, line)) {
    const auto json = nlohmann::json::parse(line);
    if (json["name"] == "new_peer_cnt") {
      EXPECT_EQ(json["column"], "new_peer_cnt_lookback30d");
      EXPECT_EQ(json["class"], "novelty");
      EXPECT_EQ(json["baselined"], false);
    }
    ++n;
  }
  EXPECT_EQ(n, kMetricCount);
  EXPECT_THAT(ListText(Declared()), HasSubstr("duration_mean                            seconds   ratio     "
                                              "ranked     mean duration of a session"));
}

TEST(CatalogueDocs, APortSetOfTheProjectsOwnIsListed) {
  CatalogueOptions options;
  options.extra_port_sets = {"MAIL_PORTS"};
  const auto words = Catalogue::Make(options).ValueOrDie();
  EXPECT_THAT(
      ListJson(*words),
      HasSubstr(
          R"x("name":"mail_port_sessions_cnt","column":"mail_port_sessions_cnt","meaning":"sessions with a service port of the project's set","formula":"count(mail_port)")x"));
}

TEST(CatalogueDocs, SchemasSayKeyPartitionsAndColumns) {
  const auto json = nlohmann::json::parse(SchemaJson(Declared(), "fg_b/pair/host").ValueOrDie());
  EXPECT_EQ(json["key"], (std::vector<std::string>{"host_ip", "dst_ip", "dst_port"}));
  EXPECT_EQ(json["partitions"],
            (std::vector<std::string>{"feature_spec_version", "baseline_horizon", "reference_ts"}));
  EXPECT_EQ(json["columns"].size(), 10u);
  EXPECT_EQ(json["columns"][0]["type"], "address");
  EXPECT_THAT(SchemaJson(Declared(), "fg_c/hosts").status().message(),
              HasSubstr("did you mean 'fg_c/host'?"));
  EXPECT_THAT(Partitions(Dataset::kFgCPair),
              ElementsAre("feature_spec_version", "baseline_horizon", "dt", "hh", "mm"));
  EXPECT_THAT(Partitions(Dataset::kEvidence), ElementsAre("feature_spec_version", "dt", "hh", "mm"));
}

// Of every dataset the own columns and those of its families are all its columns, each once.
TEST(CatalogueDocs, FamiliesAndOwnColumnsMakeUpADataset) {
  for (int d = 0; d < kDatasets; ++d) {
    const auto dataset = static_cast<Dataset>(d);
    size_t n = OwnColumns(Declared(), dataset).size();
    for (const ColumnFamily& family : FamiliesOf(Declared(), dataset)) n += family.names.size();
    EXPECT_EQ(n, Declared().Columns(dataset).size()) << PathOf(dataset);
  }
}

}  // namespace
}  // namespace ndr::catalogue
