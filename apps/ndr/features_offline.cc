// SPDX-License-Identifier: Apache-2.0
// ndr features offline, join: all records, and what was known when.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <limits>

#include "features_verbs.h"
#include "ndr/base/exit_code.h"
#include "ndr/feature_store/ingest.h"
#include "ndr/feature_store/offline.h"
#include "ndr/feature_store/point_in_time.h"

namespace ndr::app {
namespace {

using arrow::Status;
using catalogue::Dataset;

// Where the offline store is.
struct OfflineFlags {
  FeatureFlags features;
  std::string prefix, account, region;

  void AddPlace(CLI::App* verb) {
    features.Add(verb);
    verb->add_option(
        "--prefix", prefix,
        "Folder of the offline store, e.g. offline (default: feature_groups.offline.prefix of the "
        "project)");
    verb->add_option("--account", account, "Account in its paths (default: feature_groups.account)");
    verb->add_option("--region", region, "Region in its paths (default: feature_groups.region, else local)");
  }
  arrow::Result<ServedProject> Load(Dataset dataset) const {
    ARROW_ASSIGN_OR_RAISE(ServedProject served, features.Load(dataset));
    if (!prefix.empty()) served.settings.offline_prefix = prefix;
    if (!account.empty()) served.settings.account = account;
    if (!region.empty()) served.settings.region = region;
    return served;
  }
};

struct WriteFlags {
  OfflineFlags place;
  std::string root, since, until, write_time;
};

base::Micros Now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Status Write(const WriteFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const auto since, ParseInstantFlag("--since", flags.since));
  ARROW_ASSIGN_OR_RAISE(const auto until, ParseInstantFlag("--until", flags.until));
  ARROW_ASSIGN_OR_RAISE(const auto write_time, ParseInstantFlag("--write-time", flags.write_time));
  ARROW_ASSIGN_OR_RAISE(const auto datasets,
                        flags.place.features.Datasets({Dataset::kFgA, Dataset::kFgCHost}));
  for (const Dataset dataset : datasets) {
    ARROW_ASSIGN_OR_RAISE(const ServedProject served, flags.place.Load(dataset));
    ARROW_ASSIGN_OR_RAISE(const auto groups,
                          feature_store::ChosenGroups(*served.context, served.settings, {dataset}));
    ARROW_ASSIGN_OR_RAISE(const auto commits, feature_store::CommitsBetween(
                                                  flags.root, *served.context, dataset,
                                                  since.value_or(std::numeric_limits<base::Micros>::min()),
                                                  until.value_or(std::numeric_limits<base::Micros>::max())));
    ARROW_ASSIGN_OR_RAISE(const auto report,
                          feature_store::WriteOffline(flags.root, *served.context, served.settings, groups,
                                                      commits, write_time ? *write_time : Now()));
    std::fputs(
        fmt::format("{}: {} files written with {} records, {} bytes; {} files stood there already\n",
                    groups.front().name, report.files, report.records, report.bytes, report.known_files)
            .c_str(),
        stdout);
  }
  return Status::OK();
}

struct JoinFlags {
  OfflineFlags place;
  std::string as_of, role = "outbound", window = "w_1h", horizon;
  feature_store::JoinOptions options;
};

// What follows the host in an entity id of the dataset.
arrow::Result<std::string> EntityTail(const JoinFlags& flags, const spec::Context& context, Dataset dataset) {
  if (dataset == Dataset::kFgAWide) return "";
  if (context.catalogue->FindWindow(flags.window) < 0)
    return base::UsageError("--window '" + flags.window + "' is no window of the project");
  std::string tail = "|" + flags.role + "|" + flags.window;
  if (dataset != Dataset::kFgCHost) return tail;
  if (flags.horizon.empty())
    return base::UsageError("fg_c has a record for each horizon: give --horizon, e.g. --horizon 7d");
  return tail + "|" + flags.horizon;
}

Status JoinSpine(JoinFlags* flags) {
  ARROW_ASSIGN_OR_RAISE(flags->options.as_of, ParseInstantFlag("--as-of", flags->as_of));
  ARROW_ASSIGN_OR_RAISE(const auto datasets, flags->place.features.Datasets({Dataset::kFgA}));
  if (datasets.size() > 1) return base::UsageError("a join takes one --dataset");
  ARROW_ASSIGN_OR_RAISE(const ServedProject served, flags->place.Load(datasets.front()));
  ARROW_ASSIGN_OR_RAISE(flags->options.entity_tail, EntityTail(*flags, *served.context, datasets.front()));
  ARROW_ASSIGN_OR_RAISE(const auto groups,
                        feature_store::ChosenGroups(*served.context, served.settings, datasets));
  ARROW_ASSIGN_OR_RAISE(const auto report,
                        feature_store::JoinPointInTime(served.settings, groups, flags->options));
  std::fputs(
      fmt::format("{} rows, {} with features: {}\n", report.rows, report.found, flags->options.out).c_str(),
      stdout);
  return Status::OK();
}

void AddWrite(CLI::App* features, Action* action) {
  auto flags = std::make_shared<WriteFlags>();
  CLI::App* verb =
      features->add_subcommand("offline",
                               "Write committed rows to an offline store, in SageMaker's layout.\n"
                               "Example:\n"
                               "  ndr features offline --root out --prefix offline");
  verb->add_option("--root", flags->root, "Folder with the results, e.g. out")->required();
  flags->place.AddPlace(verb);
  verb->add_option("--since", flags->since, "Rows whose window ends at or after this time");
  verb->add_option("--until", flags->until, "Rows whose window ends at or before this time");
  verb->add_option("--write-time", flags->write_time,
                   "write_time of what is written, e.g. 2026-03-10T14:15:00Z (default: now)");
  verb->callback([flags, action] { *action = [flags] { return Write(*flags); }; });
}

void AddJoin(CLI::App* features, Action* action) {
  auto flags = std::make_shared<JoinFlags>();
  CLI::App* verb = features->add_subcommand(
      "join",
      "Join features to rows of (host, time) as they were known at that time.\n"
      "Examples:\n"
      "  ndr features join --prefix offline --spine labels.csv --out training.parquet\n"
      "  ndr features join --prefix offline --spine labels.parquet --dataset fg_c --horizon 7d --window "
      "w_24h \\\n"
      "      --as-of 2026-04-01T00:00:00Z --features anomaly_rank_score,peer_rank_score --out training.csv");
  flags->place.AddPlace(verb);
  verb->add_option("--spine", flags->options.spine,
                   "Parquet or CSV with a column time, and host_ip or entity_id")
      ->required()
      ->check(CLI::ExistingFile);
  verb->add_option("--out", flags->options.out, "File to write, .parquet or .csv")->required();
  verb->add_option(
      "--as-of", flags->as_of,
      "What was written by this time counts (default: for each row what was written by its own time)");
  verb->add_option("--role", flags->role, "Role of the hosts, outbound or inbound")
      ->capture_default_str()
      ->check(CLI::IsMember({"outbound", "inbound"}));
  verb->add_option("--window", flags->window, "Window of the features")->capture_default_str();
  verb->add_option("--horizon", flags->horizon, "fg_c: horizon of the baselines, e.g. 7d");
  verb->add_option("--features", flags->options.features,
                   "Which features, separated by commas (default: all)")
      ->delimiter(',');
  verb->add_option(
          "--pass-rows", flags->options.pass_rows,
          "Rows of the spine that are held at a time; for each so many the store's keys are read once")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  verb->callback([flags, action] { *action = [flags] { return JoinSpine(flags.get()); }; });
}

}  // namespace

void AddFeaturesOffline(CLI::App* features, Action* action) {
  AddWrite(features, action);
  AddJoin(features, action);
}

}  // namespace ndr::app
