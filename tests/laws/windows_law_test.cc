// SPDX-License-Identifier: Apache-2.0
// The law of specification 2: windows kept slice by slice equal those computed from the records of their
// slices.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <random>

#include "laws/naive_windows.h"
#include "ndr/catalogue/sessions.h"
#include "ndr/windows/window_builder.h"
#include "windows/window_case.h"

namespace ndr::laws {
namespace {

using windows::WindowBuilder;
using windows::testing::Case;
using windows::testing::CellText;
using windows::testing::Ip;
using windows::testing::Kind;
using windows::testing::MakeTestContext;
using windows::testing::Record;

// 2024-04-20T03:30:00Z and 1969-12-31T22:30:00Z: not at midnight, so that days and windows do not fall
// together, and where the numbers of slices go from below 0 above it.
constexpr base::Micros kFirst = 1'713'583'800'000'000, kFirstBefore1970 = -6 * base::kSliceMicros;
// The longest is no power of two, so that 2^64 slices are not whole turns of it.
const std::vector<catalogue::Window> kWindows = {{"w_15m", 1}, {"w_30m", 2}, {"w_1h", 4}, {"w_9h", 36}};

// A few hosts that meet each other, strangers, a scanner's targets and clocks.
std::vector<Record> RandomRecords(uint32_t seed, int count, int slices) {
  std::mt19937 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<uint32_t>(n)); };
  const std::vector<base::Address> inside = {Ip("10.0.0.1"), Ip("10.0.0.2"), Ip("10.0.1.1"), Ip("10.0.9.1"),
                                             Ip("fd00::1")};
  const std::vector<base::Address> outside = {Ip("198.51.100.7"), Ip("203.0.113.5"), Ip("203.0.113.6"),
                                              Ip("2001:db8::9")};
  const std::vector<int> ports = {-1, 22, 23, 25, 53, 80, 443, 445, 3389};
  const std::vector<std::string> transports = {"tcp", "tcp", "udp", "icmp"};
  std::vector<Record> records;
  const auto add = [&](Record r) {
    r.transport = transports[static_cast<size_t>(below(4))];
    r.n = below(8) == 0 ? 1 + below(5) : below(50) == 0 ? catalogue::kLargestRepeat : 1;
    r.denied = below(5) == 0;
    r.zero_reply = below(3) == 0;
    r.bytes_src = below(4) == 0 ? 0 : below(100'000);
    r.bytes_dst = r.zero_reply ? 0 : below(5'000);
    // A file's seconds are doubles, which tell microseconds apart up to 2^51 of them: 2^31 times a second is
    // more.
    r.duration_us = below(r.n == catalogue::kLargestRepeat ? 1'000 : 3'000'000);
    r.kind = below(12) == 0 ? Kind::kThreat : below(12) == 0 ? Kind::kStart : Kind::kSession;
    r.partial = below(3);
    records.push_back(r);
  };
  for (int i = 0; i < count; ++i) {
    Record r;
    r.slice = below(slices), r.minute = below(15);
    const auto& sources = below(5) == 0 ? outside : inside;
    r.src = sources[static_cast<size_t>(below(static_cast<int>(sources.size())))];
    const auto& targets = &sources == &outside || below(2) == 0 ? inside : outside;
    r.dst = targets[static_cast<size_t>(below(static_cast<int>(targets.size())))];
    r.port = ports[static_cast<size_t>(below(static_cast<int>(ports.size())))];
    add(r);
  }
  for (int clock = 0; clock < 3; ++clock) {
    const int period = 1 + below(20), begin = below(slices * 15);
    Record r;
    r.src = inside[static_cast<size_t>(below(5))], r.dst = outside[static_cast<size_t>(below(4))],
    r.port = clock == 0 ? -1 : 443;
    for (int minute = begin; minute < std::min(slices * 15, begin + 60 * period);
         minute += std::max(1, period + below(3) - 1)) {
      r.slice = minute / 15, r.minute = minute % 15;
      add(r);
    }
  }
  return records;
}

// `end` is an instant.
void ExpectEqual(const spec::Context& context, const arrow::RecordBatch& batch, const NaiveRows& naive,
                 base::Micros end) {
  RC_ASSERT(batch.num_rows() == static_cast<int64_t>(naive.size()));
  int64_t row = 0;
  for (const auto& [key, want] : naive) {
    const auto& window = context.catalogue->windows()[static_cast<size_t>(std::get<2>(key))];
    const std::string id = base::ToText(std::get<0>(key)) + "|" +
                           std::string(catalogue::kRoleNames[static_cast<size_t>(std::get<1>(key))]) + "|" +
                           window.label + "|" + base::FormatInstant(end);
    RC_ASSERT(CellText(batch, "record_id", row) == id);
    // Every metric of the schema is judged.
    RC_ASSERT(want.exact.size() + want.real.size() == context.catalogue->metrics().size());
    for (const auto& [name, text] : want.exact)
      if (CellText(batch, name, row) != text)
        RC_FAIL(id + " " + name + ": " + CellText(batch, name, row) + ", not " + text);
    for (const auto& [name, value] : want.real) {
      const double got = CellText(batch, name, row) == "null"
                             ? std::nan("")
                             : (*catalogue::Values<double>(batch, name))[static_cast<size_t>(row)];
      if (!(std::abs(got - value) <= 1e-12 * std::max(1.0, std::abs(value))))
        RC_FAIL(id + " " + name + ": " + std::to_string(got) + ", not " + std::to_string(value));
    }
    ++row;
  }
}

std::unique_ptr<WindowBuilder> Stepped(std::shared_ptr<const spec::Context> context, Case* history,
                                       int slices) {
  auto builder = *WindowBuilder::Make(std::move(context), history->Start(0), history);
  EXPECT_TRUE(builder->Start(history->Start(0)).ok());
  const auto status = history->Step(builder.get(), slices);
  EXPECT_TRUE(status.ok()) << status.ToString();
  return builder;
}

RC_GTEST_PROP(WindowsLaw, SteppedEqualsComputedFromRecords, ()) {
  const int slices = *rc::gen::inRange(1, 300);
  const auto records = RandomRecords(*rc::gen::arbitrary<uint32_t>(), *rc::gen::inRange(0, 700), slices);
  const auto context = MakeTestContext(kWindows, *rc::gen::inRange(1, 3));
  const base::Micros first = *rc::gen::element(kFirst, kFirstBefore1970);
  Case history(context, first, records);
  auto builder = *WindowBuilder::Make(context, first, &history);
  RC_ASSERT(builder->Start(first).ok());
  for (int end = 1; end <= slices; ++end) {
    RC_ASSERT(history.Step(builder.get(), 1).ok());
    if (end % 17 != 0 && end != slices) continue;
    const auto batch = builder->Rows("b");
    if (!batch.ok()) RC_FAIL(batch.status().ToString());
    ExpectEqual(*context, **batch, NaiveWindows(*context, records, end), history.Start(end));
  }
}

RC_GTEST_PROP(WindowsLaw, StartingAnywhereEqualsStepping, ()) {
  const int slices = *rc::gen::inRange(2, 330), end = *rc::gen::inRange(1, slices + 1);
  const auto records = RandomRecords(*rc::gen::arbitrary<uint32_t>(), *rc::gen::inRange(0, 500), slices);
  const auto context = MakeTestContext(kWindows, *rc::gen::inRange(1, 3));
  const base::Micros first = *rc::gen::element(kFirst, kFirstBefore1970);
  Case history(context, first, records);
  history.sealed_until = history.Start(*rc::gen::inRange(0, slices));
  const auto stepped = Stepped(context, &history, end);
  const auto started = *WindowBuilder::Make(context, first, &history);
  RC_ASSERT(started->Start(history.Start(end)).ok());
  for (int further = end; further <= std::min(slices, end + 40); ++further) {
    RC_ASSERT((*started->Rows("b"))->Equals(**stepped->Rows("b")));
    RC_ASSERT(history.Step(stepped.get(), 1).ok() && history.Step(started.get(), 1).ok());
  }
}

RC_GTEST_PROP(WindowsLaw, HowPartialsAreCutAndOrderedDoesNotMatter, ()) {
  const int slices = *rc::gen::inRange(1, 140);
  auto records = RandomRecords(*rc::gen::arbitrary<uint32_t>(), *rc::gen::inRange(0, 500), slices);
  const auto context = MakeTestContext(kWindows, 1);
  Case cut(context, kFirst, records);
  for (Record& r : records) r.partial = 2 - r.partial;  // the other way round
  std::reverse(records.begin(), records.end());
  Case reversed(context, kFirst, records);
  for (Record& r : records) r.partial = 0;
  Case whole(context, kFirst, records);
  const auto want = *Stepped(context, &whole, slices)->Rows("b");
  RC_ASSERT((*Stepped(context, &cut, slices)->Rows("b"))->Equals(*want));
  RC_ASSERT((*Stepped(context, &reversed, slices)->Rows("b"))->Equals(*want));
}

RC_GTEST_PROP(WindowsLaw, ThreadsDoNotMatter, ()) {
  const int slices = *rc::gen::inRange(1, 140);
  const auto records = RandomRecords(*rc::gen::arbitrary<uint32_t>(), *rc::gen::inRange(0, 500), slices);
  const auto one = MakeTestContext(kWindows, 1, 1), two = MakeTestContext(kWindows, 1, 2);
  Case history(one, kFirst, records);
  RC_ASSERT(
      (*Stepped(one, &history, slices)->Rows("b"))->Equals(**Stepped(two, &history, slices)->Rows("b")));
}

}  // namespace
}  // namespace ndr::laws
