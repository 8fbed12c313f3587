// SPDX-License-Identifier: Apache-2.0
// Findings: what a person sees, made from the evidence of hosts and ends (specification 3, Findings from
// ends).
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ndr/base/address.h"
#include "ndr/base/time.h"
#include "ndr/catalogue/words.h"
#include "ndr/spec/project.h"

namespace ndr::findings {

enum class Severity : uint8_t { kNone, kLow, kMedium, kHigh, kCritical };
inline constexpr std::array<std::string_view, 5> kSeverityNames = {"none", "low", "medium", "high",
                                                                   "critical"};
/// Below 20 none, 40 low, 70 medium, 90 high, else critical.
Severity SeverityOf(double score);
std::optional<Severity> ParseSeverity(std::string_view name);

/// The term behind the evidence of a kind at one end, of change, of being unlike peers or both: a struct of
/// the column `reasons` of fg_c/evidence.
struct Reason {
  std::string kind;    ///< a name of catalogue::kKindNames
  std::string metric;  ///< short name
  std::string role;
  std::string window_label;
  double x = 0;
  std::optional<double> own, peers;
  std::string at;  ///< port, peer or `peer|port`; empty: none
  double evidence = 0, standing = 0;
  std::optional<double> gap_median;  ///< minutes; of a pair that beacons
};

/// One host at one end: a row of fg_c/evidence. Kinds as in catalogue::Kind; evidence 0 is none.
struct End {
  base::Address host;
  base::Micros ts = 0;
  std::string segment;
  double score = 0, standing_score = 0;
  std::optional<catalogue::Kind> kind, standing_kind;
  std::array<double, catalogue::kKinds> evidence{}, standing_evidence{};
  std::vector<Reason> reasons;
};
/// The rows of a batch of fg_c/evidence, as record batches carry them, in their order.
arrow::Result<std::vector<End>> ReadEnds(const arrow::RecordBatch& evidence);

struct Finding {
  std::string id;  ///< 16 hex digits: hash of (host, kind, first end)
  base::Address host;
  std::string segment;
  std::string machine_name;       ///< filled by who knows it; may be empty
  base::Micros first_ts = 0;      ///< first end
  base::Micros last_ts = 0;       ///< last end of the latest episode
  base::Micros strongest_ts = 0;  ///< the end of `score`, whose reasons these are
  double score = 0;               ///< 0 to 100, the largest of its ends
  Severity severity = Severity::kNone;
  catalogue::Kind kind{};
  /// Episodes of its own sort: the change and the standing side of one occurrence are not two.
  int64_t times = 1;
  bool standing = false;  ///< opened by a standing episode: a host that always was that bad
  /// By kind, the largest of its ends; of standing episodes that of being unlike peers.
  std::array<double, catalogue::kKinds> evidence{};
  /// Of each kind the term behind its evidence on the side that `score` is of, strongest first.
  std::vector<Reason> reasons;
  bool silenced = false;
  std::string silenced_reason;
};

/// Joins ends to episodes and episodes to findings. Memory: one open episode and the findings of each host.
class FindingsBuilder {
 public:
  explicit FindingsBuilder(spec::Findings options) : options_(std::move(options)) {}

  /// Evidence of one or several ends. Ends of a host must come in order of time: an earlier one is Invalid.
  arrow::Status Add(const arrow::RecordBatch& evidence);
  arrow::Status Add(const End& end);
  /// All findings, silenced ones marked, by score (largest first; ties by first end, then host address, then
  /// id). The builder is spent afterwards.
  std::vector<Finding> Finish();

 private:
  struct Episode {
    base::Micros first_ts = 0, last_ts = 0;
    bool standing = false;
    End strongest;
    std::array<double, catalogue::kKinds> evidence{};  // the largest of its ends
  };
  struct Host {
    base::Micros last_end = INT64_MIN;
    std::optional<Episode> open[2];  // of the change, of standing
    std::vector<Episode> closed;
  };
  void Extend(Host* host, const End& end, bool standing);

  spec::Findings options_;
  std::map<base::Address, Host> hosts_;
};

/// Marks the findings that an ignore rule silences: its hosts and kind match, and the finding's last end lies
/// before `until`.
void Silence(const std::vector<spec::IgnoreRule>& rules, std::vector<Finding>* findings);

/// Findings opened, of one severity and kind.
struct Opened {
  Severity severity;
  catalogue::Kind kind;
  bool silenced = false;
  int64_t count = 0;
  double per_100_hosts_and_day = 0;
};
/// Every combination that occurs, most severe first, then by kind, silenced ones last. `hosts` and `days` are
/// those that were judged.
std::vector<Opened> CountOpened(const std::vector<Finding>& findings, int64_t hosts, double days);

}  // namespace ndr::findings
