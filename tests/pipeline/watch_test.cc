// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/watch.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "ndr/base/hash.h"
#include "ndr/storage/commit.h"
#include "scripted_commands.h"
#include "temporary_folder.h"

namespace ndr::pipeline {
namespace {

using arrow::Status;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

base::Micros AtSecond(int64_t seconds) {
  return *base::ParseCompact("20240420T120000Z") + seconds * base::kMicrosPerSecond;
}

// A delta that commits what it read, as far as the watch looks at it.
class Delta : public ScriptedCommands {
 public:
  explicit Delta(std::string root) : root_(std::move(root)) {}
  int64_t used = 10, late = 0;
  std::vector<std::vector<std::string>> read;  ///< names of each call

  Status Execute(const Arguments& arguments) const override {
    if (arguments.front() == "delta") const_cast<Delta*>(this)->Commit(arguments);
    return ScriptedCommands::Execute(arguments);
  }

 private:
  void Commit(const Arguments& arguments) {
    const std::string id = FlagOf(arguments, "--mini-batch-id");
    storage::CommitRecord record;
    record.key = {"delta", FlagOf(arguments, "--feature-spec-version"), id};
    record.at = base::ParseCivil(FlagOf(arguments, "--batch-start-ts-iso"))->micros;
    record.counters.Add("used", used);
    record.counters.Add("late", late);
    read.emplace_back();
    const std::string folder = FlagOf(arguments, "--raw-parsed-logs-prefix") + "/" + id;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
      if (entry.is_regular_file()) files.push_back(entry.path());
    std::ranges::sort(files);
    for (const auto& path : files) {
      std::ifstream in(path);
      std::ostringstream bytes;
      bytes << in.rdbuf();
      read.back().push_back(path.filename());
      record.inputs.push_back(
          {path.filename(), static_cast<int64_t>(bytes.str().size()), base::Sha256Hex(bytes.str())});
    }
    const std::filesystem::path at = root_ + "/" + storage::CommitPath(record.key);
    std::filesystem::create_directories(at.parent_path());
    std::ofstream(at) << record.ToJson();
  }

  std::string root_;
};

class WatchTest : public testing::Test {
 protected:
  WatchTest() : commands_(root()) {
    options_.folder = folder_.path();
    options_.pipeline = Pipelines()[1];
    options_.values.set = {{"ProjectName", "acme"}, {"FeatureSpecVersion", "v1"}, {"Root", root()}};
    options_.once = true;
    options_.retries = 0;
    options_.poll = 1000;
    options_.log = [this](const std::string& line) { lines_.push_back(json::parse(line)); };
    options_.notice = [this](const std::string& text) { notices_.push_back(text); };
    options_.now = [this] { return now_; };
  }

  std::string root() const { return results_.path() + "/root"; }
  void Put(const std::string& name, int64_t seconds, const std::string& bytes = "x") {
    folder_.Put(name, bytes);
    const timespec at{AtSecond(seconds) / base::kMicrosPerSecond, 0};
    const timespec times[2] = {at, at};
    ASSERT_EQ(::utimensat(AT_FDCWD, (folder_.path() + "/" + name).c_str(), times, 0), 0);
  }
  Status Once() { return Watch(options_, commands_); }
  std::vector<std::string> Batches() const {
    std::vector<std::string> ids;
    for (const json& line : lines_) ids.push_back(line.at("batch"));
    return ids;
  }

  const TemporaryFolder folder_, results_;
  Delta commands_;
  WatchOptions options_;
  base::Micros now_ = AtSecond(7200);
  std::vector<json> lines_;
  std::vector<std::string> notices_;
};

TEST_F(WatchTest, RunsBatchesInTheOrderOfTheirSlots) {
  Put("b.log", 1000);
  Put("a.log", 100, "xyz");
  Put("day/a2.log", 200);
  commands_.late = 2;
  ASSERT_TRUE(Once().ok());
  ASSERT_THAT(Batches(), ElementsAre("20240420T120000Z", "20240420T121500Z"));
  EXPECT_THAT(commands_.read, ElementsAre(ElementsAre("a.log", "a2.log"), ElementsAre("b.log")));
  const json& line = lines_[0];
  // 14:00: the slots 12:15 to 13:45 are over after this one.
  const json expected = {{"time", "2024-04-20T14:00:00Z"},
                         {"batch", "20240420T120000Z"},
                         {"slot", "2024-04-20T12:00:00Z"},
                         {"files", 2},
                         {"bytes", 4},
                         {"rows", 10},
                         {"late", 2},
                         {"behind_slots", 7},
                         {"exit", 0},
                         {"steps", line.at("steps")}};
  EXPECT_EQ(line, expected);
  ASSERT_EQ(line["steps"].size(), 4u);
  EXPECT_EQ(line["steps"][3]["step"], "fg_c");
  EXPECT_EQ(line["steps"][3]["outcome"], "done");
  EXPECT_THAT(notices_, ElementsAre("2 batches are due, 20240420T120000Z to 20240420T121500Z"));
  // Nothing of what stood there while it ran is left.
  EXPECT_FALSE(std::filesystem::exists(Delta::FlagOf(commands_.calls()[0], "--raw-parsed-logs-prefix")));
}

TEST_F(WatchTest, ResultsBelowTheFolderAreNoLogs) {
  Put("a.log", 100);
  Put("out/_commits/delta/x.json", 100);
  Put("_kept/b.log", 100);
  ASSERT_TRUE(Once().ok());
  EXPECT_THAT(commands_.read, ElementsAre(ElementsAre("a.log")));
}

TEST_F(WatchTest, GoesOnWhereItWas) {
  Put("a.log", 100);
  ASSERT_TRUE(Once().ok());
  ASSERT_TRUE(Once().ok());
  EXPECT_THAT(Batches(), ElementsAre("20240420T120000Z"));
  Put("b.log", 1000);
  ASSERT_TRUE(Once().ok());
  EXPECT_THAT(Batches(), ElementsAre("20240420T120000Z", "20240420T121500Z"));
}

TEST_F(WatchTest, KnowsFromCommitRecordsWhatWasRead) {
  Put("a.log", 100);
  Put("b.log", 1000, "yy");
  ASSERT_TRUE(Once().ok());
  std::filesystem::remove_all(root() + "/_watch");
  Put("c.log", 2000);
  lines_.clear();
  ASSERT_TRUE(Once().ok());
  // The steps after delta of the newest batch may not have been done: with the same files once more.
  EXPECT_THAT(Batches(), ElementsAre("20240420T121500Z", "20240420T123000Z"));
  EXPECT_THAT(commands_.read, ElementsAre(ElementsAre("a.log"), ElementsAre("b.log"), ElementsAre("b.log"),
                                          ElementsAre("c.log")));
}

TEST_F(WatchTest, AFailedBatchEndsItAndIsWhereItGoesOn) {
  Put("a.log", 100);
  Put("b.log", 1000);
  commands_.verbs["fg-a"] = [] { return base::ContractViolation("the configuration changed"); };
  const Status status = Once();
  EXPECT_EQ(base::ExitCode(status), base::kExitContract);
  EXPECT_THAT(status.message(),
              HasSubstr("batch 20240420T120000Z: step fg_a failed: the configuration changed"));
  EXPECT_EQ(lines_[0]["exit"], 3);
  EXPECT_THAT(std::string(lines_[0]["error"]), HasSubstr("the configuration changed"));
  commands_.verbs.clear();
  ASSERT_TRUE(Once().ok());
  EXPECT_THAT(Batches(), ElementsAre("20240420T120000Z", "20240420T120000Z", "20240420T121500Z"));
  EXPECT_THAT(commands_.read[1], ElementsAre("a.log"));
}

TEST_F(WatchTest, SkipsAFailedBatchOnRequest) {
  Put("a.log", 100);
  Put("b.log", 1000);
  options_.skip_failed = true;
  commands_.verbs["fg-c"] = [this] {
    return lines_.empty() ? base::ContractViolation("no reference") : Status::OK();
  };
  ASSERT_TRUE(Once().ok());
  EXPECT_THAT(Batches(), ElementsAre("20240420T120000Z", "20240420T121500Z"));
  ASSERT_TRUE(Once().ok());
  EXPECT_EQ(lines_.size(), 2u);
}

TEST_F(WatchTest, TriesAgainWhatMayPass) {
  Put("a.log", 100);
  options_.retries = 2;
  int failures = 2;
  commands_.verbs["delta"] = [&] {
    return failures-- > 0 ? Status::IOError("the disk is full") : Status::OK();
  };
  ASSERT_TRUE(Once().ok());
  EXPECT_EQ(lines_.size(), 3u);
  EXPECT_EQ(lines_[1]["exit"], 1);
  EXPECT_EQ(lines_[2]["exit"], 0);
}

TEST_F(WatchTest, EndsOnASignalAfterTheRunningStep) {
  Put("a.log", 100);
  int signal = 0;
  commands_.verbs["delta"] = [&] {
    signal = SIGTERM;
    return Status::OK();
  };
  options_.stop = [&] { return signal; };
  const Status status = Once();
  EXPECT_EQ(base::ExitCode(status), 128 + SIGTERM);
  EXPECT_THAT(commands_.called(), ElementsAre("delta"));
  signal = 0;
  commands_.verbs.clear();
  ASSERT_TRUE(Once().ok());
  EXPECT_EQ(commands_.calls().size(), 5u);
}

TEST_F(WatchTest, WaitsForSignalsToo) {
  options_.once = false;
  options_.poll = base::kMicrosPerDay;
  int looks = 0;
  options_.stop = [&] { return ++looks > 3 ? SIGINT : 0; };
  EXPECT_EQ(base::ExitCode(Once()), 128 + SIGINT);
}

TEST_F(WatchTest, SaysWhereFilesHoldMoreThanASlot) {
  Put("hour.log", 3602);
  Put("next.log", 5000);
  commands_.used = 100;
  commands_.late = 34;
  ASSERT_TRUE(Once().ok());
  EXPECT_THAT(Batches(), ElementsAre("20240420T124500Z", "20240420T131500Z"));
  EXPECT_EQ(std::ranges::count_if(notices_, [](const std::string& n) { return n.find("Zeek") != n.npos; }),
            1);
}

TEST_F(WatchTest, AThirdOfLateSessionsIsNoReasonToSaySo) {
  Put("a.log", 100);
  commands_.used = 99;
  commands_.late = 33;
  ASSERT_TRUE(Once().ok());
  EXPECT_THAT(notices_, IsEmpty());
}

TEST_F(WatchTest, SaysWhatWaits) {
  Put("a.log", 7190);
  ASSERT_TRUE(Once().ok());
  EXPECT_THAT(lines_, IsEmpty());
  EXPECT_THAT(notices_, ElementsAre("1 file waits: still settling until 14:00:20 UTC"));
}

TEST_F(WatchTest, IsRefusedWhereItCannotWork) {
  options_.folder = folder_.path() + "/none";
  EXPECT_EQ(base::ExitCode(Once()), base::kExitUsage);
  options_.folder = "s3://bucket/logs/";
  options_.values.set["Root"] = "s3://bucket/logs/out";
  EXPECT_THAT(Once().message(), HasSubstr("lies in the watched folder"));
  options_.folder = "s3:///logs";
  EXPECT_EQ(base::ExitCode(Once()), base::kExitUsage);
  options_.folder = folder_.path();
  options_.values.set["Root"] = folder_.path() + "/out";
  EXPECT_THAT(Once().message(), HasSubstr("lies in the watched folder"));
  options_.pipeline = Pipelines()[2];
  EXPECT_THAT(Once().message(), HasSubstr("has no parameter of kind 'batch'"));
}

TEST_F(WatchTest, IsAloneOnItsFolder) {
  Put("a.log", 100);
  Status second;
  commands_.verbs["delta"] = [&] {
    second = Watch(options_, commands_);
    return Status::OK();
  };
  ASSERT_TRUE(Once().ok());
  EXPECT_EQ(base::ExitCode(second), base::kExitContract);
  EXPECT_THAT(second.message(), HasSubstr("is held by pid"));
}

}  // namespace
}  // namespace ndr::pipeline
