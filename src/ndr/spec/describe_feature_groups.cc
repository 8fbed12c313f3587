// SPDX-License-Identifier: Apache-2.0
// The keys of the feature store: specification 4.
#include <fmt/format.h>

#include "ndr/catalogue/store_name.h"
#include "ndr/spec/composite_forms.h"
#include "ndr/spec/describe.h"

namespace ndr::spec {
namespace {

struct OnlineWords {
  using Type = bool;
  static constexpr std::string_view kWhat = "online store", kWords[] = {"embedded", "sagemaker"};
};

struct GroupName : form::Text {
  static void Read(const Json& json, const At& at, std::string* out) {
    Text::Read(json, at, out);
    if (json.is_string() && !catalogue::IsStoreName(*out))
      at.Fail(
          fmt::format("'{}' ({} characters): a feature store takes 1 to {} letters, digits, '-' and '_', "
                      "the first and the last a letter or digit",
                      *out, out->size(), catalogue::kMaxStoreName));
  }
  static Form Describe() {
    return {"a name of a group",
            "names of groups",
            {{"type", "string"},
             {"pattern", catalogue::kStoreNamePattern},
             {"maxLength", catalogue::kMaxStoreName}}};
  }
};

constexpr const char* kNamesSentence =
    "Names of the groups by dataset (fg_a, fg_a_wide, fg_c), at most 64 characters; left out: project, "
    "version "
    "and dataset with hyphens.";

// Groups are named by dataset.
void CheckDatasets(Keys* keys, const std::map<std::string, std::string>* names,
                   const std::vector<std::string>& datasets) {
  keys->Finally([names, datasets](const Json&, const At& at) {
    for (const auto& [dataset, name] : *names)
      if (std::find(datasets.begin(), datasets.end(), dataset) == datasets.end())
        at.Member("names").Unknown(dataset, "dataset with feature groups", datasets);
  });
}

void DescribeOnline(FeatureGroups* out, Keys* keys) {
  keys->Add<form::OneOf<OnlineWords>>("kind", &out->sagemaker,
                                      "Where the newest records are kept: a file of the engine's own, or "
                                      "SageMaker Feature Store.");
  keys->Add<form::Text>("store", &out->store,
                        "The file of the embedded store; empty: _features/online.sqlite below the root.");
  keys->Add<form::Whole<int>>("entries_per_request", &out->entries_per_request,
                              "Records of one request to SageMaker: 1 is PutRecord, more BatchWriteRecord.")
      .Within(1, 25);
  keys->Add<form::Whole<int>>("concurrency", &out->concurrency, "Requests to SageMaker at a time.")
      .Within(1, 256);
  keys->Add<form::Number>("requests_per_second", &out->requests_per_second,
                          "Requests to SageMaker in a second, below the account's limit.")
      .Above(0);
  keys->Add<form::Number>(
          "write_units_per_second", &out->write_units_per_second,
          "Write units in a second, below the account's limit: one for each begun kilobyte of "
          "a record.")
      .Above(0);
  keys->Add<form::Number>("max_dead_letter_ratio", &out->max_dead_letter_ratio,
                          "The share of records that may be refused before an ingestion fails.")
      .Within(0, 1);
}

void DescribeOffline(FeatureGroups* out, Keys* keys) {
  keys->Add<form::Text>("prefix", &out->offline_prefix,
                        "The folder or s3:// prefix below which jobs write offline files; empty: none.");
  keys->Add<form::MapOf<form::Count>>("created", &out->created,
                                      "Creation times of groups by name, seconds since 1970, as they stand "
                                      "in the path of SageMaker's own files; left out: 0.");
}

}  // namespace

void DescribeFeatureGroups(Project* out, Keys* all) {
  all->From(Acts::kNever);
  FeatureGroups* groups = &out->feature_groups;
  Keys* keys = all->Group("feature_groups", "Where features are served from; nothing acts on the data.");
  keys->Add<form::Flag>("enabled", &groups->enabled,
                        "Whether the jobs fg_a and fg_c hand their rows to the feature store.");
  keys->Add<form::MapOf<GroupName>>("names", &groups->names, kNamesSentence);
  keys->Add<form::Text>("account", &groups->account, "The AWS account, as it stands in offline paths.");
  keys->Add<form::Text>("region", &groups->region,
                        "The AWS region; empty: the environment's, and `local` in offline paths.");
  DescribeOnline(groups, keys->Group("online", "The store of the newest record of each id."));
  DescribeOffline(groups, keys->Group("offline", "The store of all records, in SageMaker's layout."));
  CheckDatasets(keys, &groups->names, {"fg_a", "fg_a_wide", "fg_c"});
}

void DescribeFeatureGroups(JobSpec* out, Keys* all) {
  if (out->job != Job::kFgA && out->job != Job::kFgC) return;
  Keys* keys = all->Group("feature_groups", "What the job hands to the feature store.");
  keys->Add<form::Optional<form::Flag>>("enabled", &out->feature_groups_enabled,
                                        "The same as the project's, for this job alone.");
  keys->Add<form::MapOf<GroupName>>("names", &out->feature_group_names, kNamesSentence);
  const bool is_fg_a = out->job == Job::kFgA;
  CheckDatasets(keys, &out->feature_group_names,
                is_fg_a ? std::vector<std::string>{"fg_a", "fg_a_wide"} : std::vector<std::string>{"fg_c"});
}

FeatureGroups FeatureGroupsOf(const JobSpec& spec, const Project& project) {
  FeatureGroups groups = project.feature_groups;
  groups.enabled = spec.feature_groups_enabled.value_or(groups.enabled);
  for (const auto& [dataset, name] : spec.feature_group_names) groups.names[dataset] = name;
  return groups;
}

}  // namespace ndr::spec
