// SPDX-License-Identifier: Apache-2.0
// Project parameters: the one description of how a project's data are read and judged (specification 4, key
// table). Stages take the sections that they need; every member has the specified default.
#pragma once

#include <arrow/result.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/base/calendar.h"
#include "ndr/base/network.h"
#include "ndr/catalogue/catalogue.h"

namespace ndr::spec {

/// `source_timezone`: the zone of zone-less times, one for all or by device; empty: the calendar's,
/// announced.
struct SourceTimezone {
  std::string all;
  std::map<std::string, std::string> by_device;
};

/// `sessions`: which records are sessions and which actions deny. Compared without case, spaces and
/// underscores as hyphens.
struct SessionRules {
  std::vector<std::string> subtypes = {"end", "drop", "deny"};
  /// Besides deny and drop: resets and drop-icmp.
  std::vector<std::string> deny_actions = {"deny",       "drop",         "drop-icmp",   "reset",
                                           "reset-both", "reset-client", "reset-server"};
};

/// `data_quality` (specification 1).
struct DataQuality {
  bool no_bytes_no_ports = true;
  bool outside_batch = true;
  base::Micros allowed_lateness = base::kMicrosPerDay;
  base::Micros clock_skew = 5 * base::kMicrosPerMinute;
  double max_malformed_ratio = 0.05;
};

struct Lookback {
  int days = 30;
  int min_days = 1;
  int rare_below_sessions = 3;
};

struct Horizon {
  std::string label;
  base::Micros length = 0;
  base::Micros gap = 0;

  /// [T - gap - length, T - gap)
  base::Micros Start(base::Micros reference) const { return reference - gap - length; }
  base::Micros End(base::Micros reference) const { return reference - gap; }
  friend bool operator==(const Horizon&, const Horizon&) = default;
};

/// `keep` (specification 1, Datasets on storage).
struct Keep {
  bool all_fg_a = true;  ///< false: `scored` only
  bool pair_counts = false;
  bool fg_a_wide = false;
};

struct SupportMin {
  int64_t by_default = 50;
  std::map<std::string, int64_t> metrics;
  std::map<std::string, int64_t> windows;
};

struct Capping {
  std::vector<std::string> key_metrics;  ///< empty: catalogue::DefaultKeyMetrics()
  double z_max = 6;
  int w_anom_thousandths = 100;   ///< weights are multiples of 1/1000
  bool at_segment_level = false;  ///< capping.level: host (default) or segment
};

struct IpMachineMapping {
  std::string path;
  bool required = false;
};

/// One line of the table of terms of specification 3.
struct FindingTerm {
  catalogue::Kind kind;
  std::string metric;  ///< a metric, or bytes_sent / bytes_received seen from the host
  std::vector<catalogue::Role> roles;
  double amount = 0;  ///< a, the amount that matters
  std::optional<double> ceiling;
  double weight = 1;

  friend bool operator==(const FindingTerm&, const FindingTerm&) = default;
};

struct IgnoreRule {
  std::optional<base::Cidr> hosts;      ///< host or cidr; absent: every host
  std::optional<catalogue::Kind> kind;  ///< absent: every kind
  std::optional<base::Micros> until;    ///< exclusive; absent: for ever
  std::string reason;
};

struct Findings {
  std::vector<FindingTerm> terms;  ///< empty: DefaultTerms()
  std::vector<std::string> windows = {"w_1h", "w_24h"};
  int memory_days = 30;
  double min_score = 20;
  std::vector<uint16_t> clock_ports = {53, 67, 68, 123, 137, 138, 161, 514, 1900, 5353, 5355};
  std::vector<IgnoreRule> ignore;
};
/// The table of specification 3.
std::vector<FindingTerm> DefaultTerms();

/// A score of FG-C: terms as in catalogue::ScoreWord.
struct ScoreTerms {
  std::string name;
  bool is_max = false;
  std::vector<std::string> terms;
};

/// `feature_groups` (specification 4, Feature store): none of it acts on what jobs compute.
struct FeatureGroups {
  bool enabled = false;
  /// Of the groups, by dataset (fg_a, fg_a_wide, fg_c); absent: one made of project, version and dataset.
  std::map<std::string, std::string> names;
  std::string account = "000000000000";
  std::string region;  ///< empty: the environment's
  // Online.
  bool sagemaker = false;  ///< online.kind: embedded (default) or sagemaker
  std::string store;       ///< of the embedded store; empty: `_features/online.sqlite` below the root
  int entries_per_request = 25;
  int concurrency = 8;
  double requests_per_second = 100;
  double write_units_per_second = 4'000;
  double max_dead_letter_ratio = 0.001;
  // Offline.
  std::string offline_prefix;              ///< folder or s3://; empty: no offline store
  std::map<std::string, int64_t> created;  ///< creation times of groups by name, epoch seconds; absent: 0
};

struct Project {
  std::string project_name = "default";
  std::string feature_spec_version = "v1";
  base::NetworkOptions network;                      ///< host_networks, segments
  std::map<std::string, std::string> field_mapping;  ///< canonical name -> theirs
  SourceTimezone source_timezone;
  base::CalendarOptions calendar;
  /// Every set that counts: the five defaults (possibly emptied or changed), then the project's own, in its
  /// order.
  std::vector<std::pair<std::string, std::vector<uint16_t>>> port_sets;
  SessionRules sessions;
  DataQuality data_quality;
  Lookback lookback;
  bool drop_dark_hosts = false;
  Keep keep;
  std::vector<Horizon> horizons;  ///< the project's own; empty: DefaultHorizons()
  std::vector<std::string> baseline_required_metrics = {"sessions_cnt"};
  SupportMin support_min;
  Capping capping;
  double rarity_threshold = 0.5;
  IpMachineMapping ip_machine_mapping;
  std::vector<std::string> non_persistent_machine_prefixes;
  double z_max = 6;
  double typical_band_share = 0.05;
  double time_band_alpha = 0.5;
  std::vector<ScoreTerms>
      scores;  ///< the defaults with the project's named ones in their place, then its own
  Findings findings;
  FeatureGroups feature_groups;
  /// windows, baselined_metrics, rank_metrics, transforms, lookback.days, names of port sets and scores.
  catalogue::CatalogueOptions catalogue;
};

/// Those of specification 3, where a project names none.
std::vector<Horizon> DefaultHorizons();

/// The defaults alone.
Project DefaultProject();
/// Reads a project file. Unknown keys, wrong types and impossible values are Invalid with the key's full
/// path, the nearest known key, and what would be right.
arrow::Result<Project> LoadProject(const std::string& path);

/// `7d:2d,30d:7d` (length:gap; units d, h or m; the gap may be left out): the text of --horizons. Labels are
/// the lengths.
arrow::Result<std::vector<Horizon>> ParseHorizons(std::string_view text);

/// What acts, made ready: shared by all stages of a run.
struct Context {
  Project project;
  std::shared_ptr<const catalogue::Catalogue> catalogue;
  base::Calendar calendar;
  base::Network network;
  /// Parallel to the port-set columns of catalogue->delta_counts().
  std::vector<base::PortSet> port_sets;
  int threads = 0;
};
/// Invalid, with the keys: unknown names of metrics and windows; networks, calendars and windows that cannot
/// be. `threads` 0: base::DefaultThreads().
arrow::Result<std::shared_ptr<const Context>> MakeContext(Project project, int threads = 0);

/// What to say where no window of the project gives evidence, so that nothing can ever be a finding; empty:
/// some does. (The default of findings.windows need not name windows of the project.)
std::string NoFindingWindow(const Project& project);

/// SHA-256 over the canonical text of the keys that act on a dataset and on what it was made from: delta,
/// fg_a, fg_b, fg_c, ...; differs when a rerun would give other data (specification 1, where a hash differs).
std::string ConfigurationHash(const Project& project, std::string_view dataset);
/// The same keys and their values, one per line, for messages that name what changed: `calendar.timezone =
/// "UTC"`.
std::map<std::string, std::string> ActingKeys(const Project& project, std::string_view dataset);

}  // namespace ndr::spec
