// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fstream>
#include <sstream>

#include "ndr/spec/horizons.h"
#include "ndr/spec/sections.h"

namespace ndr::spec {

using arrow::Status;

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= 128 && text[0] != '.' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                  c == '_' || c == '-';
         });
}

namespace {

void ReadIdentity(Object* object, Project* project) {
  std::string editors_schema;
  object->Field("$schema", &editors_schema);
  object->Field("project_name", &project->project_name)
      .Field("feature_spec_version", &project->feature_spec_version);
  for (const auto& [key, value] : {std::pair("project_name", project->project_name),
                                   std::pair("feature_spec_version", project->feature_spec_version)})
    if (!IsName(value))
      object->at().Member(key).Fail(
          "'" + value + "' is no name: 1 to 128 letters, digits, '.', '_' and '-', not beginning with a dot");
}

void ReadInput(Object* object, Project* project) {
  const At& at = object->at();
  object->NotEmpty("host_networks", &project->network.host_networks)
      .Field("field_mapping", &project->field_mapping)
      .Field("source_timezone", &project->source_timezone)
      .Field("calendar", &project->calendar)
      .Field("sessions", &project->sessions)
      .Field("data_quality", &project->data_quality)
      .Field("lookback", &project->lookback)
      .Field("keep", &project->keep);
  if (const Json* segments = object->Find("segments"))
    ReadSegments(*segments, at.Member("segments"), &project->network);
  if (const Json* sets = object->Find("port_sets"))
    ReadPortSets(*sets, at.Member("port_sets"), &project->port_sets);
  std::string dark_hosts = "keep";
  object->Field("dark_hosts", &dark_hosts);
  if (dark_hosts != "keep" && dark_hosts != "drop")
    at.Member("dark_hosts").Unknown(dark_hosts, "choice", {"keep", "drop"});
  project->drop_dark_hosts = dark_hosts == "drop";
}

void ReadWindows(Object* object, Project* project) {
  const Json* windows = object->Find("windows");
  if (windows == nullptr) return;
  const At at = object->at().Member("windows");
  if (!windows->is_object() || windows->empty())
    return at.Expected("an object of windows such as {\"w_1h\": 4}", *windows);
  for (const auto& [label, slices] : windows->items()) {
    catalogue::Window window{label, 0};
    ReadValue(slices, at.Member(label), &window.slices);
    if (!IsName(label)) at.Member(label).Fail("a window is named like w_2h");
    project->catalogue.windows.push_back(window);
  }
}

void ReadJudgement(Object* object, Project* project) {
  object->NotEmpty("horizons", &project->horizons)
      .NotEmpty("baselined_metrics", &project->catalogue.baselined_metrics)
      .Field("baseline_required_metrics", &project->baseline_required_metrics)
      .Field("support_min", &project->support_min)
      .Field("capping", &project->capping)
      .Within("rarity_threshold", &project->rarity_threshold, 0., 1.)
      .Field("ip_machine_mapping", &project->ip_machine_mapping)
      .Field("non_persistent_machine_prefixes", &project->non_persistent_machine_prefixes)
      .NotEmpty("transforms", &project->catalogue.transforms)
      .Within("z_max", &project->z_max, 0.)
      .NotEmpty("rank_metrics", &project->catalogue.rank_metrics)
      .Within("typical_band_share", &project->typical_band_share, 0., 1.)
      .Within("time_band_alpha", &project->time_band_alpha, 0.)
      .Field("findings", &project->findings);
  if (const Json* scores = object->Find("scores"))
    ReadScores(*scores, object->at().Member("scores"), &project->scores);
}

}  // namespace

arrow::Result<Project> ParseProject(std::string_view text, std::string_view origin) {
  ARROW_ASSIGN_OR_RAISE(const Json json, ParseJson(text, origin));
  Project project = DefaultProject();
  Status status;
  Object object(json, {"", &status});
  ReadIdentity(&object, &project);
  ReadInput(&object, &project);
  ReadWindows(&object, &project);
  ReadJudgement(&object, &project);
  object.Done();
  if (status.ok()) status = CheckHorizons(project.horizons);
  // Names of metrics and windows, prefix lengths, hours: whatever the parts themselves refuse.
  if (status.ok()) status = MakeContext(project).status();
  if (!status.ok()) return status.WithMessage(origin, ": ", status.message());
  return project;
}

arrow::Result<Project> LoadProject(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return Status::IOError("cannot read the project file ", path);
  return ParseProject(text.view(), path);
}

}  // namespace ndr::spec
