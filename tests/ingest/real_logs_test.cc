// SPDX-License-Identifier: Apache-2.0
// Real logs, where they lie beside the project: every record is parsed and accounted for.
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "ingest/parsing.h"

namespace ndr::ingest {
namespace {

namespace fs = std::filesystem;

class RealLogs : public testing::Test {
 protected:
  void SetUp() override {
    const char* set = std::getenv("NDR_SHARED_DATA");
    data_ = set != nullptr ? set : "../shared/data";
    if (!fs::exists(data_))
      GTEST_SKIP() << "no real logs at " << data_ << " (NDR_SHARED_DATA names another folder)";
  }

  static std::string Decompressed(const fs::path& path) {
    std::string bytes, buffer(1 << 20, '\0');
    gzFile file = gzopen(path.c_str(), "rb");
    for (int n; (n = gzread(file, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0;)
      bytes.append(buffer, 0, static_cast<size_t>(n));
    gzclose(file);
    return bytes;
  }

  // Every address a host, so that no record is left out.
  static std::shared_ptr<const spec::Context> Everywhere(const std::string& zone = "") {
    spec::Project project = spec::DefaultProject();
    project.network.host_networks = {*base::ParseCidr("::/0")};
    project.source_timezone.all = zone;
    return ContextOf(project);
  }

  // Of all files in a folder.
  base::Counters Read(const std::string& folder, Source expected,
                      const std::shared_ptr<const spec::Context>& context) {
    base::Counters counters;
    for (const auto& entry : fs::recursive_directory_iterator(data_ / folder)) {
      if (entry.path().extension() != ".gz") continue;
      const std::string log = Decompressed(entry.path());
      const auto source = Recognise(std::string_view(log).substr(0, kRecogniseBytes), entry.path().string());
      EXPECT_TRUE(source.ok() && *source == expected) << source.status().ToString();
      counters.Add(ParseLog(expected, log, context, 1 << 20).counters);
    }
    return counters;
  }

  fs::path data_;
};

TEST_F(RealLogs, ZeekTextOfThreeDays) {
  const auto counters = Read("rita-72h", Source::kZeekTsv, Everywhere());
  EXPECT_EQ(counters.Get("rows"), 105'918);
  EXPECT_EQ(counters.Get("lines_read"), 105'918 + counters.Get("header_lines"));
}

TEST_F(RealLogs, ZeekTextWithLabels) {
  const auto counters = Read("iot23-34-1", Source::kZeekTsv, Everywhere());
  EXPECT_EQ(counters.Get("rows"), 23'145);
  EXPECT_EQ(counters.Get("lines_read"), 23'145 + counters.Get("header_lines"));
}

TEST_F(RealLogs, ZeekJsonOfManyStreams) {
  const auto counters = Read("zeek-json", Source::kZeekJson, Everywhere());
  EXPECT_EQ(counters.Get("rows"), 613);
  EXPECT_EQ(counters.Get("other_streams"), 2'140 - 613);
  EXPECT_EQ(counters.Get("lines_read"), 2'140);
}

TEST_F(RealLogs, Argus) {
  const auto counters = Read("ctu13-s6", Source::kArgus, Everywhere("Europe/Prague"));
  // Five IPX records have hardware addresses.
  EXPECT_EQ(counters.Get("rows") + counters.Get("malformed_address"), 558'919);
  EXPECT_EQ(counters.Get("malformed_address"), 5);
  EXPECT_EQ(counters.Get("header_lines"), 1);
  EXPECT_EQ(counters.Get("zoneless_times"), counters.Get("rows"));
}

}  // namespace
}  // namespace ndr::ingest
