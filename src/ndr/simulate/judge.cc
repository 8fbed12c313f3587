// SPDX-License-Identifier: Apache-2.0
#include "ndr/simulate/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace ndr::simulate {
namespace {

bool Names(const std::vector<base::Address>& hosts, base::Address host) {
  return std::find(hosts.begin(), hosts.end(), host) != hosts.end();
}

bool BelongsTo(const FindingRow& finding, const Behaviour& behaviour) {
  return Names(behaviour.hosts, finding.host) && finding.last_ts > behaviour.from &&
         finding.first_ts <= behaviour.to + kFindingTail;
}

int64_t RankOf(double score, std::span<const FindingRow> findings) {
  return std::count_if(findings.begin(), findings.end(),
                       [&](const FindingRow& f) { return f.score >= score; });
}

// The strongest finding that `belongs`, one of the expected kind before any other.
template <typename Belongs>
Verdict Find(const Behaviour& behaviour, std::span<const FindingRow> findings, Belongs belongs) {
  Verdict verdict{.name = behaviour.name, .expected_kind = behaviour.kind, .finding = {}, .found_kind = {}};
  const auto better = [&](const FindingRow& a, const FindingRow& b) {
    const bool a_fits = a.kind == behaviour.kind, b_fits = b.kind == behaviour.kind;
    return a_fits != b_fits ? a_fits : a.score > b.score;
  };
  for (size_t i = 0; i < findings.size(); ++i)
    if (belongs(findings[i]) && (!verdict.finding || better(findings[i], findings[*verdict.finding])))
      verdict.finding = i;
  if (!verdict.finding) return verdict;
  verdict.found_kind = findings[*verdict.finding].kind;
  verdict.score = findings[*verdict.finding].score;
  verdict.rank = RankOf(verdict.score, findings);
  return verdict;
}

void AppendVerdict(const Verdict& verdict, bool planted, std::string* out) {
  auto to = std::back_inserter(*out);
  if (!verdict.finding) {
    fmt::format_to(to, "  {:<22} {}\n", verdict.name, planted ? "MISSED" : "no finding");
    return;
  }
  fmt::format_to(to, "  {:<22} rank {:>3}  score {:>5.1f}  as {}", verdict.name, verdict.rank, verdict.score,
                 verdict.found_kind);
  if (planted && verdict.found_kind != verdict.expected_kind)
    fmt::format_to(to, ", expected {}", verdict.expected_kind);
  if (planted)
    *out += verdict.outranks_harmless ? ", above every harmless oddity" : ", NOT above every harmless oddity";
  *out += '\n';
}

}  // namespace

Judgement Judge(const AnswerKey& key, std::span<const FindingRow> findings) {
  Judgement judgement;
  judgement.findings = static_cast<int64_t>(findings.size());
  judgement.medium_or_higher = std::count_if(findings.begin(), findings.end(),
                                             [](const FindingRow& f) { return f.is_medium_or_higher; });
  const double days =
      static_cast<double>(key.end - key.scored_from) / static_cast<double>(base::kMicrosPerDay);
  if (key.hosts > 0 && days > 0)
    judgement.medium_per_100_hosts_and_day =
        static_cast<double>(judgement.medium_or_higher) * 100 / (static_cast<double>(key.hosts) * days);

  std::vector<base::Address> attackers;
  for (const Behaviour& attack : key.planted)
    attackers.insert(attackers.end(), attack.hosts.begin(), attack.hosts.end());
  double harmless_score = 0;
  for (const Behaviour& oddity : key.harmless) {
    judgement.harmless.push_back(Find(oddity, findings, [&](const FindingRow& f) {
      return BelongsTo(f, oddity) && !Names(attackers, f.host);
    }));
    harmless_score = std::max(harmless_score, judgement.harmless.back().score);
  }
  for (const Behaviour& attack : key.planted) {
    Verdict verdict = Find(attack, findings, [&](const FindingRow& f) { return BelongsTo(f, attack); });
    verdict.outranks_harmless = verdict.finding && verdict.score > harmless_score;
    judgement.planted.push_back(std::move(verdict));
  }
  return judgement;
}

std::string ToText(const Judgement& judgement) {
  std::string out;
  if (!judgement.planted.empty()) out += "planted attacks\n";
  for (const Verdict& verdict : judgement.planted) AppendVerdict(verdict, true, &out);
  if (!judgement.harmless.empty()) out += "harmless oddities\n";
  for (const Verdict& verdict : judgement.harmless) AppendVerdict(verdict, false, &out);
  fmt::format_to(std::back_inserter(out),
                 "{} findings, {} of medium severity or higher: {:.2f} per 100 hosts and day\n",
                 judgement.findings, judgement.medium_or_higher, judgement.medium_per_100_hosts_and_day);
  return out;
}

void Tally::Add(const Judgement& judgement) {
  ++runs;
  medium_per_100_hosts_and_day_sum += judgement.medium_per_100_hosts_and_day;
  medium_per_100_hosts_and_day_max =
      std::max(medium_per_100_hosts_and_day_max, judgement.medium_per_100_hosts_and_day);
  for (const Verdict& verdict : judgement.planted) {
    auto line =
        std::find_if(attacks.begin(), attacks.end(), [&](const Line& l) { return l.name == verdict.name; });
    if (line == attacks.end()) line = attacks.insert(attacks.end(), Line{.name = verdict.name});
    ++line->runs;
    line->found += verdict.finding.has_value();
    line->kind_as_expected += verdict.finding && verdict.found_kind == verdict.expected_kind;
    line->outranked_harmless += verdict.outranks_harmless;
    line->lowest_score = std::min(line->lowest_score, verdict.score);
    line->worst_rank = std::max(line->worst_rank, verdict.rank);
  }
}

std::string ToText(const Tally& tally) {
  std::string out = "attack                  runs  found  kind  above harmless  lowest score  worst rank\n";
  const auto to = std::back_inserter(out);
  for (const Tally::Line& line : tally.attacks)
    fmt::format_to(to, "{:<22} {:>5}  {:>5}  {:>4}  {:>14}  {:>12.1f}  {:>10}\n", line.name, line.runs,
                   line.found, line.kind_as_expected, line.outranked_harmless, line.lowest_score,
                   line.worst_rank);
  const double mean =
      tally.runs == 0 ? 0 : tally.medium_per_100_hosts_and_day_sum / static_cast<double>(tally.runs);
  fmt::format_to(to,
                 "medium or higher per 100 hosts and day: {:.2f} on average, {:.2f} at most, in {} runs\n",
                 mean, tally.medium_per_100_hosts_and_day_max, tally.runs);
  return out;
}

}  // namespace ndr::simulate
