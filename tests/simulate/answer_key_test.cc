// SPDX-License-Identifier: Apache-2.0
#include "ndr/simulate/answer_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ndr/simulate/simulate.h"

namespace ndr::simulate {
namespace {

using ::testing::HasSubstr;

TEST(AnswerKeyTest, SurvivesItsText) {
  SimulationOptions options;
  options.hosts = 60;
  const Simulation simulation = Simulation::Make(options).ValueOrDie();
  AnswerKey key = simulation.Answers();
  key.sessions = 123;
  const AnswerKey read = ReadAnswerKey(ToJson(key)).ValueOrDie();
  EXPECT_EQ(ToJson(read), ToJson(key));
  EXPECT_EQ(read.sessions, 123);
  EXPECT_EQ(read.planted[0].hosts, key.planted[0].hosts);
  EXPECT_EQ(read.planted[0].from, key.planted[0].from);
}

TEST(AnswerKeyTest, NamesWhatIsWrong) {
  EXPECT_THAT(ReadAnswerKey("{").status().ToString(), HasSubstr("answer key"));
  EXPECT_THAT(ReadAnswerKey("{}").status().ToString(), HasSubstr("seed"));
  std::string text = ToJson(AnswerKey{});
  text.replace(text.find("1970-01-01"), 10, "yesterdays");
  EXPECT_THAT(ReadAnswerKey(text).status().ToString(),
              HasSubstr("start: 'yesterdaysT00:00:00Z' is not an instant"));
}

}  // namespace
}  // namespace ndr::simulate
