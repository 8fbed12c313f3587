// SPDX-License-Identifier: Apache-2.0
// Properties over good and damaged logs: no crash, every line accounted for, the same result however the file
// is cut; and the JSON reader accepts what another library accepts.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "ingest/parsing.h"
#include "ndr/ingest/json_reader.h"

namespace ndr::ingest {
namespace {

struct Sample {
  Source source;
  std::string log;
};

std::vector<Sample> Samples() {
  const std::string json =
      R"({"event_start":"2024-04-20T12:00:00.5Z","event_end":1713614402,"source_ip":"10.0.0.1","destination_ip":"fc00::1","source_port":1,"destination_port":443,"source_bytes":1e2,"network_transport":"tcp","event_action":"Reset Both"})"
      "\n"
      R"({"event":{"start":"2024-04-20 12:00:00","deep":[1,[2,{"a":null}],true]},"source":{"ip":"10.0.0.2","bytes":5},"destination":{"ip":"9.9.9.9"},"t":"\u00e9\"\\"})"
      "\n\n"
      R"({"event_name":"SYSTEM"})"
      "\r\n";
  const std::string zeek =
      "#separator "
      "\\x09\n#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_"
      "p\tproto\tduration\torig_bytes\tx   label\n"
      "1713614400.1\tC1\t10.0.0.1\t5\t9.9.9.9\t80\ttcp\t1.5\t10\t-   "
      "Benign\n1713614401\tC2\t10.0.0.2\t8\t10.0.0.1\t0\ticmp\t-\t-\t-   Bad\n"
      "#separator "
      "\\x2c\n#path,conn\n#fields,id.resp_h,ts,id.orig_h,resp_bytes\n9.9.9.9,1713614400,10.0.0.3,4\n#path,"
      "dns\nx,y,z,0\n#close\n";
  const std::string zeek_json =
      R"({"_path":"conn","ts":1713614400.5,"id.orig_h":"10.0.0.1","id.resp_h":"9.9.9.9","id.resp_p":53,"proto":"udp","conn_state":"REJ"})"
      "\n"
      R"({"_path":"dns","ts":1}  )"
      "\n";
  const std::string argus =
      "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,TotBytes,SrcBytes\n2011/08/16 "
      "10:01:46.9,1.5,tcp,10.0.0.1,0x50,  <-,10.0.0.2,25,FSR_F,136,100\n"
      "2011/08/16 "
      "10:01:47,,arp,10.0.0.1,,who,10.0.0.3,,INT,60,60\nSrcAddr,StartTime,DstAddr,SrcBytes\n10.0.0.1,2011/08/"
      "16 10:01:47,9.9.9.9,4\n";
  return {{Source::kNdrJson, json},
          {Source::kZeekTsv, zeek},
          {Source::kZeekJson, zeek_json},
          {Source::kArgus, argus}};
}

// Bytes replaced, removed, doubled, and the end cut off.
std::string Damaged(std::string log, std::mt19937* random) {
  static constexpr std::string_view kNasty = "\x01\n\r\t\"\\{}[]:,#-.0123456789eE \xff\xc3\xed";
  const auto below = [&](size_t n) { return (*random)() % n; };
  for (size_t edits = below(6); edits > 0 && !log.empty(); --edits) {
    const size_t at = below(log.size());
    switch (below(4)) {
      case 0:
        log[at] = kNasty[below(kNasty.size())];
        break;
      case 1:
        log.erase(at, below(20) + 1);
        break;
      case 2:
        log.insert(at, log.substr(at, below(40)));
        break;
      default:
        log.insert(at, 1, static_cast<char>(below(256)));
    }
  }
  if (below(4) == 0) log.resize(below(log.size() + 1));
  return log;
}

void ExpectSame(const ParsedFile& a, const ParsedFile& b) {
  EXPECT_EQ(a.rows, b.rows);
  EXPECT_EQ(a.counters.values(), b.counters.values());
  EXPECT_EQ(a.Reasons(), b.Reasons());
}

TEST(Mutations, DamagedLogsAreAccountedForHoweverTheyAreCut) {
  std::mt19937 random(20240420);
  const auto context = ContextOf();
  for (const Sample& sample : Samples()) {
    for (int round = 0; round < 400; ++round) {
      const std::string log = round == 0 ? sample.log : Damaged(sample.log, &random);
      const ParsedFile whole = ParseLog(sample.source, log, context);
      for (const size_t block_bytes : {size_t{1}, size_t{7}, size_t{64}, 1 + random() % 500})
        ExpectSame(whole, ParseLog(sample.source, log, context, block_bytes));
      ASSERT_FALSE(HasFailure()) << "round " << round << " of source " << static_cast<int>(sample.source);
    }
  }
}

TEST(Mutations, AnySourceReadsAnyOther) {
  for (const Sample& sample : Samples())
    for (const Source source : {Source::kNdrJson, Source::kZeekTsv, Source::kZeekJson, Source::kArgus})
      ParseLog(source, sample.log);
}

TEST(Mutations, BinaryGarbage) {
  std::mt19937 random(7);
  std::string garbage(200'000, '\0');
  for (char& c : garbage) c = static_cast<char>(random());
  for (const Source source : {Source::kNdrJson, Source::kZeekTsv, Source::kZeekJson, Source::kArgus}) {
    const ParsedFile file = ParseLog(source, garbage);
    EXPECT_TRUE(file.rows.empty());
    EXPECT_GT(file.counters.Get("unparsable"), 0);
  }
}

TEST(Mutations, TheJsonReaderAcceptsWhatIsJson) {
  std::mt19937 random(11);
  const NameTree names;
  JsonReader reader(names);
  const std::string seed =
      R"({"a":[1,-2.50e+3,0,{"b":null}],"c d":{"e":"f\n\"\\/"},"g":true,"h":false,"i":"é","j":{},"k":[]})";
  int accepted = 0, refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string line = Damaged(seed, &random);
    if (line.find('\n') != std::string::npos) continue;  // would be two lines
    bool expected = false;
    try {
      expected = nlohmann::json::parse(line).is_object();
    } catch (const nlohmann::json::out_of_range&) {
      continue;  // JSON, but a number beyond a double
    } catch (const nlohmann::json::parse_error&) {
    }
    const std::string shown = line;
    line.append(kBlockPadding, '\0');
    Record record;
    const char* error = reader.Read(std::string_view(line).substr(0, shown.size()), &record);
    ASSERT_EQ(error == nullptr, expected) << shown << ": " << (error == nullptr ? "" : error);
    ++(expected ? accepted : refused);
  }
  EXPECT_GT(accepted, 1000);
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace ndr::ingest
