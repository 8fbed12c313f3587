// SPDX-License-Identifier: Apache-2.0
// How well findings agree with the answer key of a simulation: what the demo prints at its end, and what is
// measured over many seeds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ndr/simulate/answer_key.h"

namespace ndr::simulate {

/// What the judge needs of a finding (specification 3, Findings).
struct FindingRow {
  base::Address host;
  std::string kind;
  double score = 0;  ///< 0 to 100
  base::Micros first_ts = 0, last_ts = 0;
  bool is_medium_or_higher = false;  ///< its severity
};

/// A day's window still sees what ended that long ago.
inline constexpr base::Micros kFindingTail = base::kMicrosPerDay;

/// What became of one behaviour. A finding belongs to it when its host is one of the behaviour's and
/// [first_ts, last_ts] meets (from, to + kFindingTail]. Of those of an attack the strongest with the expected
/// kind counts, else the strongest.
struct Verdict {
  std::string name, expected_kind;
  std::optional<size_t> finding;  ///< index into the findings; none: it was missed
  std::string found_kind;
  double score = 0;  ///< 0 when missed
  int64_t rank =
      0;  ///< 1 is the strongest of all findings, equal scores share the worst place; 0 when missed
  bool outranks_harmless = false;  ///< an attack's: its score is above that of every harmless behaviour
};

struct Judgement {
  std::vector<Verdict> planted;  ///< in the key's order
  std::vector<Verdict>
      harmless;          ///< findings of hosts that also attack are not held against a harmless behaviour
  int64_t findings = 0;  ///< all of them
  int64_t medium_or_higher = 0;
  double medium_per_100_hosts_and_day = 0;  ///< over the key's hosts and its scored part
};

/// Findings in any order; a finding of no behaviour counts among all.
Judgement Judge(const AnswerKey& key, std::span<const FindingRow> findings);

/// For people: one line per behaviour, then one with the counts.
std::string ToText(const Judgement& judgement);

/// Judgements of several seeds, added up.
struct Tally {
  struct Line {
    std::string name;
    int64_t runs = 0, found = 0, kind_as_expected = 0, outranked_harmless = 0;
    double lowest_score = 100;
    int64_t worst_rank = 0;  ///< among runs where it was found
  };
  std::vector<Line> attacks;  ///< in order of first appearance
  int64_t runs = 0;
  double medium_per_100_hosts_and_day_sum = 0, medium_per_100_hosts_and_day_max = 0;

  void Add(const Judgement& judgement);
};
std::string ToText(const Tally& tally);

}  // namespace ndr::simulate
