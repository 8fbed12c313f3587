// SPDX-License-Identifier: Apache-2.0
#include "ndr/ingest/source.h"

#include <gmock/gmock.h>

namespace ndr::ingest {
namespace {

using testing::HasSubstr;

std::string Recognised(std::string_view head, std::string_view wanted = "auto",
                       const std::map<std::string, std::string>& mapping = {}) {
  const auto source = Recognise(head, "a.log", wanted, mapping);
  return source.ok() ? std::to_string(static_cast<int>(*source)) : source.status().message();
}
std::string Of(Source source) { return std::to_string(static_cast<int>(source)); }

TEST(Source, FromTheFirstLines) {
  EXPECT_EQ(Recognised("\xEF\xBB\xBF\n{\"source_ip\":\"10.0.0.1\"}"), Of(Source::kNdrJson));
  EXPECT_EQ(Recognised(R"({"event":{},"source":{"ip":"10.0.0.1"}})"), Of(Source::kNdrJson));
  EXPECT_EQ(Recognised("#separator \\x09\n#fields\tts"), Of(Source::kZeekTsv));
  EXPECT_EQ(Recognised(R"({"ts":1,"id.orig_h":"10.0.0.1"})"), Of(Source::kZeekJson));
  EXPECT_EQ(Recognised(R"({"@stream":"files","ts":1})"), Of(Source::kZeekJson));
  EXPECT_EQ(Recognised("StartTime,Dur,Proto,SrcAddr,Sport\n"), Of(Source::kArgus));
  EXPECT_EQ(Recognised(R"({"client":"10.0.0.1"})", "auto", {{"source_ip", "client"}}), Of(Source::kNdrJson));
  EXPECT_EQ(Recognised(" \r\n\n"), Of(Source::kNdrJson)) << "no records";
}

TEST(Source, ALogThatWasCutAtItsFrontIsKnownByItsSecondLine) {
  EXPECT_EQ(Recognised("9.9\"}\n{\"source_ip\":\"10.0.0.1\"}\n"), Of(Source::kNdrJson));
  EXPECT_EQ(Recognised("9.9.9\t443\n#separator \\x09\n#fields\tts"), Of(Source::kZeekTsv));
  EXPECT_THAT(Recognised("Dear all,\nsee below:\n{\"source_ip\":\"10.0.0.1\"}\n"), HasSubstr("'Dear all,'"));
  EXPECT_THAT(Recognised("no line end"), HasSubstr("'no line end'"));
}

TEST(Source, ASourceThatIsATextIsNotThatOfEcs) {
  EXPECT_EQ(Recognised(R"({"source" : {"ip":"10.0.0.1"}})"), Of(Source::kNdrJson));
  EXPECT_THAT(Recognised(R"({"source":"fw01","src":"10.0.0.1"})"), HasSubstr("is of no known source"));
  EXPECT_THAT(Recognised(R"({"flow_id":1,"event_type":"alert","alert":{"source":{"ip":"10.0.0.1"}}})"),
              HasSubstr("Suricata"));
}

TEST(Source, NamedByTheUser) {
  EXPECT_EQ(Recognised(R"({"a":1})", "ndr-json"), Of(Source::kNdrJson));
  EXPECT_EQ(Recognised(R"({"a":1})", "zeek"), Of(Source::kZeekJson));
  EXPECT_EQ(Recognised("#fields", "zeek"), Of(Source::kZeekTsv));
  EXPECT_EQ(Recognised("a,b", "argus"), Of(Source::kArgus));
  EXPECT_THAT(Recognised("a,b", "argos"),
              HasSubstr("source 'argos' is not known (known: auto, ndr-json, zeek, argus)"));
}

TEST(Source, ZerosBehindTheFirstLineAreOfACrashAndNotOfABinary) {
  EXPECT_EQ(Recognised(std::string("{\"source_ip\":\"10.0.0.1\"}\n") + std::string(64, '\0')),
            Of(Source::kNdrJson));
}

TEST(Source, WhatIsNotKnownSaysSo) {
  EXPECT_THAT(
      Recognised("hello, world\nmore"),
      HasSubstr("a.log is of no known source (known: ndr-json, zeek, argus); it begins with 'hello, world'"));
  EXPECT_THAT(Recognised(R"({"timestamp":"x","flow_id":1,"event_type":"flow"})"), HasSubstr("Suricata"));
  EXPECT_THAT(Recognised("\xff\xfe{\0"), HasSubstr("UTF-16"));
  EXPECT_THAT(Recognised("PAR1...."), HasSubstr("Parquet"));
  EXPECT_THAT(Recognised("\x1f\x8b\x08"), HasSubstr("compressed"));
  for (const char* head : {"\xfd"
                           "7zXZ",
                           "BZh91AY", "PK\x03\x04"})
    EXPECT_THAT(Recognised(head), HasSubstr("plain text, gzip and zstd are read"));
  EXPECT_THAT(Recognised(std::string_view("\x7f"
                                          "ELF\0\1",
                                          6)),
              HasSubstr("binary"));
}

TEST(Source, AUidNamesOneRecord) {
  for (const Source source : {Source::kZeekTsv, Source::kZeekJson}) EXPECT_TRUE(KeyAloneIdentifies(source));
  for (const Source source : {Source::kNdrJson, Source::kArgus}) EXPECT_FALSE(KeyAloneIdentifies(source));
}

}  // namespace
}  // namespace ndr::ingest
