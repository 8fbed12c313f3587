// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "ndr/simulate/simulate.h"
#include "temporary_folder.h"

namespace ndr::simulate {
namespace {

using ::testing::HasSubstr;

std::string Inflate(const std::string& path) {
  std::string text;
  gzFile file = gzopen(path.c_str(), "rb");
  char buffer[1 << 16];
  for (int n; (n = gzread(file, buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<size_t>(n));
  gzclose(file);
  return text;
}

class LogFilesTest : public ::testing::Test {
 protected:
  LogFilesTest() {
    options_.days = 1;
    options_.hosts = 40;
    options_.threads = 1;
  }

  // Relative name and content of every file after a run.
  std::map<std::string, std::string> Run() {
    std::filesystem::remove_all(folder_);
    options_.folder = folder_.string();
    key_ = Simulate(options_).ValueOrDie();
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
      if (!entry.is_regular_file()) continue;
      std::stringstream text;
      text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      files[std::filesystem::relative(entry.path(), folder_).string()] = text.str();
    }
    return files;
  }

  const TemporaryFolder own_folder_;
  const std::filesystem::path folder_ = own_folder_ / "logs";
  SimulationOptions options_;
  AnswerKey key_;
};

TEST_F(LogFilesTest, AFileForEachHourAndTheAnswers) {
  const auto files = Run();
  EXPECT_EQ(files.size(), 25u);
  EXPECT_TRUE(files.contains("2026-03-03/conn.00.json"));
  EXPECT_TRUE(files.contains("2026-03-03/conn.23.json"));
  int64_t lines = 0;
  for (const auto& [name, text] : files)
    if (name != "answer-key.json") lines += std::count(text.begin(), text.end(), '\n');
  EXPECT_EQ(lines, key_.sessions);
  EXPECT_GT(lines, 5'000);
  EXPECT_EQ(files.at("answer-key.json"), ToJson(key_));
  EXPECT_THAT(files.at("2026-03-03/conn.13.json"), HasSubstr("\"event_start\":\"2026-03-03T13:"));
}

TEST_F(LogFilesTest, ThreadsChangeNothing) {
  const auto one = Run();
  options_.threads = 2;
  EXPECT_EQ(Run(), one);
}

TEST_F(LogFilesTest, GzipHoldsTheSameText) {
  options_.format = Format::kZeek;
  const auto plain = Run();
  options_.gzip = true;
  const auto compressed = Run();
  ASSERT_TRUE(compressed.contains("2026-03-03/conn.09.log.gz"));
  const std::string text = Inflate((folder_ / "2026-03-03/conn.09.log.gz").string());
  EXPECT_EQ(text, plain.at("2026-03-03/conn.09.log"));
  EXPECT_THAT(text, HasSubstr("#close\t2026-03-03-10-00-00\n"));
}

TEST_F(LogFilesTest, FilesCanBeShorterOrLonger) {
  options_.format = Format::kArgus;
  options_.file_minutes = 15;
  auto files = Run();
  EXPECT_EQ(files.size(), 97u);
  EXPECT_TRUE(files.contains("2026-03-03/conn.08-45.binetflow"));
  options_.file_minutes = 1440;
  files = Run();
  EXPECT_EQ(files.size(), 2u);
  EXPECT_EQ(std::count(files.at("2026-03-03/conn.00.binetflow").begin(),
                       files.at("2026-03-03/conn.00.binetflow").end(), '\n'),
            key_.sessions + 1);
}

TEST_F(LogFilesTest, ProgressCountsFilesAndSessions) {
  options_.folder = folder_.string();
  std::vector<int64_t> done;
  int64_t sessions = 0;
  key_ = Simulate(options_, [&](int64_t files_done, int64_t files, int64_t so_far) {
           EXPECT_EQ(files, 24);
           done.push_back(files_done);
           sessions = so_far;
         }).ValueOrDie();
  ASSERT_EQ(done.size(), 24u);
  EXPECT_EQ(done.front(), 1);
  EXPECT_EQ(done.back(), 24);
  EXPECT_EQ(sessions, key_.sessions);
}

TEST_F(LogFilesTest, RefusesWhatItCannotWrite) {
  EXPECT_THAT(Simulate(options_).status().ToString(), HasSubstr("folder"));
  options_.folder = folder_.string();
  options_.file_minutes = 50;
  EXPECT_THAT(Simulate(options_).status().ToString(), HasSubstr("file-minutes"));
  options_.file_minutes = 60;
  std::ofstream(folder_.string()) << "a file where the folder should be";
  EXPECT_TRUE(Simulate(options_).status().IsIOError());
}

}  // namespace
}  // namespace ndr::simulate
