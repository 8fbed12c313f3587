// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/watch_waiting.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ndr::pipeline {
namespace {

std::string Files(int64_t n) { return fmt::format("{} {}", n, n == 1 ? "file" : "files"); }

// `12:31:30 UTC`, rounded up to seconds.
std::string TimeOfDay(base::Micros at) {
  const base::Micros second = base::FloorTo(at + base::kMicrosPerSecond - 1, base::kMicrosPerSecond);
  return base::FormatInstant(second).substr(11, 8) + " UTC";
}

std::string ReasonInWords(const Waiting& waiting) {
  if (!waiting.slot) return "still settling until " + TimeOfDay(waiting.until);
  return fmt::format("of the slot {}, which is incomplete until {}", base::FormatCompact(*waiting.slot),
                     TimeOfDay(waiting.until));
}

}  // namespace

std::string WaitingInWords(const Division& division) {
  std::vector<std::string> sentences;
  if (division.waiting() > 0) {
    std::vector<std::string> reasons;
    for (const Waiting& waiting : division.waits)
      reasons.push_back((division.waits.size() > 1 ? fmt::format("{} ", waiting.files) : "") +
                        ReasonInWords(waiting));
    sentences.push_back(fmt::format("{} {}: {}", Files(division.waiting()),
                                    division.waiting() == 1 ? "waits" : "wait", fmt::join(reasons, "; ")));
  }
  if (division.unfinished > 0)
    sentences.push_back(
        fmt::format("{} {} passed over, by a name of what is still written: a leading dot, .tmp or .part",
                    Files(division.unfinished), division.unfinished == 1 ? "is" : "are"));
  if (division.beside > 0)
    sentences.push_back(fmt::format("{} beside the folders of batches {} passed over", Files(division.beside),
                                    division.beside == 1 ? "is" : "are"));
  return fmt::format("{}", fmt::join(sentences, "; "));
}

}  // namespace ndr::pipeline
