// SPDX-License-Identifier: Apache-2.0
#include "flags.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>

#include "ndr/base/calendar_day.h"
#include "ndr/base/exit_code.h"
#include "ndr/base/name.h"
#include "ndr/spec/job_spec.h"
#include "ndr/spec/json_object.h"
#include "ndr/storage/object_store.h"

namespace ndr::app {

std::string NamedRoot(const std::string& root) {
  return root.empty() ? "is empty; name a folder such as out, or s3://bucket/prefix" : "";
}

std::string ExistingRoot(const std::string& root) {
  if (root.empty()) return NamedRoot(root);
  return storage::IsRemote(root) ? std::string() : CLI::ExistingDirectory(root);
}

void ProjectFlags::Add(CLI::App* verb) {
  verb->add_option("--project", file,
                   "Project file (JSON): every key of the project's parameters; all have defaults")
      ->check(CLI::ExistingFile);
  verb->add_option("--project-name", project_name, "Name of the project");
  verb->add_option("--feature-spec-version", version,
                   "Version of the features; versions never share data (default v1)");
  verb->add_option("--host-network", host_networks,
                   "CIDR whose addresses are hosts, again for more; e.g. --host-network 147.32.0.0/16");
  verb->add_option("--timezone", timezone,
                   "Zone of the calendar, e.g. --timezone Europe/Prague (default UTC)");
  verb->add_option("--source-timezone", source_timezone,
                   "Zone of log times that have none (default: the calendar's)");
}

void ProjectFlags::AddWithStore(CLI::App* verb) {
  Add(verb);
  store.Add(verb);
  verb->get_option("--project-name")
      ->description(
          "Project whose parameters are read from the spec store, e.g. acme; with --project its name");
  takes_store_ = true;
}

void StoreFlags::Add(CLI::App* verb) {
  verb->add_option(
      "--spec-store", options.store,
      "Where job specs are: sqlite, sqlite:specs.sqlite, files:specs or dynamodb:table (default: "
      "NDR_SPEC_STORE, else sqlite)");
  verb->add_option("--table-name", options.table_name,
                   "DynamoDB table of the specs, e.g. --table-name ml-projects-parameters");
  verb->add_option("--sort-attribute", options.sort_attribute,
                   "DynamoDB: the sort key's attribute (default: NDR_SPEC_SORT_ATTRIBUTE, else job_name)");
}

arrow::Result<spec::Project> ProjectFlags::Base() const {
  if (!file.empty()) {
    auto loaded = spec::LoadProject(file);
    return loaded.ok() ? loaded : base::UsageError(loaded.status().message());
  }
  const bool store_named = !store.options.store.empty() || !store.options.table_name.empty();
  if (!takes_store_ || (project_name.empty() && !store_named)) return spec::DefaultProject();
  if (project_name.empty())
    return base::UsageError("--project-name is missing: the project whose parameters the spec store has");
  ARROW_ASSIGN_OR_RAISE(const auto specs, spec::OpenStore(store.options));
  return spec::LoadProjectOf(specs.get(), project_name,
                             version.empty() ? spec::Project().feature_spec_version : version);
}

arrow::Status ProjectFlags::Check() const {
  for (const auto& [flag, name] :
       {std::pair("--project-name", &project_name), std::pair("--feature-spec-version", &version)})
    if (!name->empty() && !base::IsName(*name))
      return base::UsageError(std::string(flag) + ": " + base::NoName(*name));
  for (const auto& [flag, zone] :
       {std::pair("--timezone", &timezone), std::pair("--source-timezone", &source_timezone)}) {
    const arrow::Status known = zone->empty() ? arrow::Status::OK() : base::TimeZone::Load(*zone).status();
    if (!known.ok()) return base::UsageError(std::string(flag) + ": " + known.message());
  }
  return arrow::Status::OK();
}

arrow::Result<spec::Project> ProjectFlags::Load() const {
  ARROW_RETURN_NOT_OK(Check());
  ARROW_ASSIGN_OR_RAISE(spec::Project project, Base());
  if (!project_name.empty()) project.project_name = project_name;
  if (!version.empty()) project.feature_spec_version = version;
  if (!timezone.empty()) project.calendar.timezone = timezone;
  if (!source_timezone.empty()) project.source_timezone = {source_timezone, {}};
  if (!host_networks.empty()) project.network.host_networks.clear();
  for (const std::string& text : host_networks) {
    const auto cidr = base::ParseCidr(text);
    if (!cidr)
      return base::UsageError("--host-network '" + text +
                              "' is no network; write 10.0.0.0/8, 2001:db8::/32 or an address");
    project.network.host_networks.push_back(*cidr);
  }
  return project;
}

void AddThreads(CLI::App* verb, int* threads) {
  constexpr int kMostThreads = 1024;
  verb->add_option("--threads", *threads, "0: one per core; results do not depend on it")
      ->check(CLI::Range(0, kMostThreads))
      ->capture_default_str();
}

arrow::Result<std::optional<base::Micros>> ParseInstantFlag(const char* flag, const std::string& text) {
  if (text.empty()) return std::optional<base::Micros>();
  if (const std::string day = base::ImpossibleDay(text); !day.empty())
    return base::UsageError(std::string(flag) + " '" + text + "': there is no day " + day +
                            " in the calendar");
  const auto civil = base::ParseCivil(text);
  if (!civil || !civil->offset_seconds)
    return base::UsageError(
        std::string(flag) + " '" + text +
        "' is no instant; write it with a zone, e.g. 2026-03-10T14:15:00Z or 2026-03-10T15:15:00+01:00");
  return std::optional(civil->micros - *civil->offset_seconds * base::kMicrosPerSecond);
}

arrow::Result<int64_t> ParseBytesFlag(const char* flag, const std::string& text) {
  if (text.empty()) return 0;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  std::string unit(end, text.data() + text.size());
  if (unit.ends_with("iB")) unit.resize(unit.size() - 2);
  if (unit.ends_with("B")) unit.resize(unit.size() - 1);
  const std::string units = "KMGT";
  const size_t power = unit.empty()                            ? 0
                       : units.find(unit) == std::string::npos ? std::string::npos
                                                               : units.find(unit) + 1;
  if (error != std::errc() || value <= 0 || power == std::string::npos || unit.size() > 1)
    return base::UsageError(std::string(flag) + " '" + text +
                            "' is no amount of memory; write 512M, 8G or a number of bytes");
  return static_cast<int64_t>(value * std::pow(1024.0, static_cast<double>(power)));
}

}  // namespace ndr::app
