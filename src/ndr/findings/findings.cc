// SPDX-License-Identifier: Apache-2.0
#include "ndr/findings/findings.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "ndr/base/hash.h"

namespace ndr::findings {
namespace {

// Ends up to this far apart are of one episode.
constexpr base::Micros kEpisodeGap = 60 * base::kMicrosPerMinute;
// An episode this far above a finding in memory opens a new one.
constexpr double kReopens = 20;

std::string IdOf(base::Address host, catalogue::Kind kind, base::Micros first_end) {
  const std::string key = base::ToText(host) + "|" +
                          std::string(catalogue::kKindNames[static_cast<size_t>(kind)]) + "|" +
                          base::FormatInstant(first_end);
  return base::Sha256Hex(key).substr(0, 16);
}

// Of each kind the term behind its evidence on that side, strongest first.
std::vector<Reason> ReasonsOf(const End& end, bool standing) {
  const auto side = standing ? &Reason::standing : &Reason::evidence;
  std::vector<Reason> all = end.reasons, reasons;
  std::stable_sort(all.begin(), all.end(),
                   [side](const Reason& a, const Reason& b) { return a.*side > b.*side; });
  std::set<std::string> kinds;
  for (Reason& r : all)
    if (r.*side > 0 && kinds.insert(r.kind).second) reasons.push_back(std::move(r));
  return reasons;
}

}  // namespace

Severity SeverityOf(double score) {
  if (score < 20) return Severity::kNone;
  if (score < 40) return Severity::kLow;
  if (score < 70) return Severity::kMedium;
  return score < 90 ? Severity::kHigh : Severity::kCritical;
}

std::optional<Severity> ParseSeverity(std::string_view name) {
  const auto at = std::find(kSeverityNames.begin(), kSeverityNames.end(), name);
  if (at == kSeverityNames.end()) return std::nullopt;
  return static_cast<Severity>(at - kSeverityNames.begin());
}

arrow::Status FindingsBuilder::Add(const arrow::RecordBatch& evidence) {
  ARROW_ASSIGN_OR_RAISE(const std::vector<End> ends, ReadEnds(evidence));
  for (const End& end : ends) ARROW_RETURN_NOT_OK(Add(end));
  return arrow::Status::OK();
}

arrow::Status FindingsBuilder::Add(const End& end) {
  Host& host = hosts_[end.host];
  if (end.ts <= host.last_end)
    return arrow::Status::Invalid("evidence of ", base::ToText(end.host), " at ", base::FormatInstant(end.ts),
                                  " after that at ", base::FormatInstant(host.last_end));
  host.last_end = end.ts;
  Extend(&host, end, false);
  Extend(&host, end, true);
  return arrow::Status::OK();
}

void FindingsBuilder::Extend(Host* host, const End& end, bool standing) {
  const double score = standing ? end.standing_score : end.score;
  const auto& kind = standing ? end.standing_kind : end.kind;
  if (score < options_.min_score || !kind) return;
  std::optional<Episode>& open = host->open[standing];
  if (open && end.ts - open->last_ts > kEpisodeGap) {
    host->closed.push_back(std::move(*open));
    open.reset();
  }
  if (!open) open = Episode{end.ts, end.ts, standing, end, {}};
  open->last_ts = end.ts;
  const auto& evidence = standing ? end.standing_evidence : end.evidence;
  for (size_t k = 0; k < evidence.size(); ++k) open->evidence[k] = std::max(open->evidence[k], evidence[k]);
  if (score > (standing ? open->strongest.standing_score : open->strongest.score)) open->strongest = end;
}

namespace {

// The findings of one host while its episodes are joined to them.
class HostFindings {
 public:
  using Evidence = std::array<double, catalogue::kKinds>;

  explicit HostFindings(base::Micros memory) : memory_(memory) {}

  // Opens or joins a finding with the episode [first, last], whose strongest end is `end`.
  void Apply(base::Micros first, base::Micros last, bool standing, const End& end, const Evidence& evidence) {
    const double score = standing ? end.standing_score : end.score;
    const catalogue::Kind kind = standing ? *end.standing_kind : *end.kind;
    size_t i = LastActive(first, [&](const Finding& f) { return f.kind == kind; });
    if (i == findings_.size() && standing)
      i = LastActive(first, [&](const Finding& f) { return f.evidence[static_cast<size_t>(kind)] > 0; });
    const bool reopens = i < findings_.size() && !standing && score >= findings_[i].score + kReopens;
    if (i == findings_.size() || reopens)
      i = Open(first, last, standing, end, score, kind);
    else
      JoinTo(&findings_[i], last, standing, end, score);
    for (size_t k = 0; k < evidence.size(); ++k)
      findings_[i].evidence[k] = std::max(findings_[i].evidence[k], evidence[k]);
    findings_[i].severity = SeverityOf(findings_[i].score);
  }

  std::vector<Finding> Take() { return std::move(findings_); }

 private:
  // The finding opened last among those that match and are in memory; the number of findings when none is.
  template <class Matches>
  size_t LastActive(base::Micros at, Matches matches) const {
    for (size_t i = findings_.size(); i-- > 0;)
      if (matches(findings_[i]) && at - findings_[i].last_ts <= memory_) return i;
    return findings_.size();
  }

  size_t Open(base::Micros first, base::Micros last, bool standing, const End& end, double score,
              catalogue::Kind kind) {
    Finding f;
    f.id = IdOf(end.host, kind, first);
    f.host = end.host;
    f.segment = end.segment;
    f.first_ts = first;
    f.last_ts = last;
    f.strongest_ts = end.ts;
    f.score = score;
    f.kind = kind;
    f.standing = standing;
    f.reasons = ReasonsOf(end, standing);
    findings_.push_back(std::move(f));
    return findings_.size() - 1;
  }

  static void JoinTo(Finding* f, base::Micros last, bool standing, const End& end, double score) {
    f->times += f->standing == standing;
    f->last_ts = std::max(f->last_ts, last);
    if (score <= f->score) return;
    f->score = score;
    f->strongest_ts = end.ts;
    f->reasons = ReasonsOf(end, standing);
  }

  base::Micros memory_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> FindingsBuilder::Finish() {
  std::vector<Finding> findings;
  for (auto& [address, host] : hosts_) {
    for (auto& open : host.open)
      if (open) host.closed.push_back(std::move(*open));
    std::sort(host.closed.begin(), host.closed.end(), [](const Episode& a, const Episode& b) {
      return std::tie(a.first_ts, a.standing) < std::tie(b.first_ts, b.standing);
    });
    HostFindings joined(options_.memory_days * base::kMicrosPerDay);
    for (const Episode& e : host.closed)
      joined.Apply(e.first_ts, e.last_ts, e.standing, e.strongest, e.evidence);
    for (Finding& f : joined.Take()) findings.push_back(std::move(f));
  }
  hosts_.clear();
  Silence(options_.ignore, &findings);
  std::sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(b.score, a.first_ts, a.host, a.id) < std::tie(a.score, b.first_ts, b.host, b.id);
  });
  return findings;
}

void Silence(const std::vector<spec::IgnoreRule>& rules, std::vector<Finding>* findings) {
  for (Finding& f : *findings)
    for (const spec::IgnoreRule& rule : rules) {
      if (rule.hosts && !rule.hosts->Contains(f.host)) continue;
      if (rule.kind && *rule.kind != f.kind) continue;
      if (rule.until && f.last_ts >= *rule.until) continue;
      f.silenced = true;
      f.silenced_reason = rule.reason;
      break;
    }
}

std::vector<Opened> CountOpened(const std::vector<Finding>& findings, int64_t hosts, double days) {
  using Key = std::tuple<bool, int, int>;
  std::map<Key, int64_t> counts;
  for (const Finding& f : findings)
    ++counts[{f.silenced, -static_cast<int>(f.severity), static_cast<int>(f.kind)}];
  std::vector<Opened> opened;
  for (const auto& [key, count] : counts) {
    const auto& [silenced, severity, kind] = key;
    const double base = static_cast<double>(hosts) * days;
    opened.push_back({static_cast<Severity>(-severity), static_cast<catalogue::Kind>(kind), silenced, count,
                      base > 0 ? 100 * static_cast<double>(count) / base : 0});
  }
  return opened;
}

}  // namespace ndr::findings
