// SPDX-License-Identifier: Apache-2.0
#include "ndr/aws/profile.h"

#include <algorithm>
#include <fstream>

namespace ndr::aws {
namespace {

using arrow::Status;

std::string Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t\r") - first + 1));
}

// A comment begins a line, or stands behind a blank.
std::string_view WithoutComment(std::string_view line) {
  for (size_t i = 0; i < line.size(); ++i)
    if ((line[i] == '#' || line[i] == ';') && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t'))
      return line.substr(0, i);
  return line;
}

// The name in `[profile x]`, which in the credentials file is `[x]`; empty where the section is no profile.
std::string ProfileOf(std::string_view line, bool is_config) {
  std::string name = Trimmed(line.substr(1, std::min(line.find(']'), line.size()) - 1));
  if (!is_config || name == "default") return name;
  if (!name.starts_with("profile ") && !name.starts_with("profile\t")) return "";
  return Trimmed(std::string_view(name).substr(8));
}

// Adds the settings of the profile; true where the file has it.
bool ReadFile(const std::string& path, bool is_config, Profile* profile) {
  std::ifstream file(path, std::ios::binary);
  bool found = false, inside = false;
  for (std::string text; std::getline(file, text);) {
    const bool nested = text.starts_with(' ') || text.starts_with('\t');  // a setting's own settings
    const std::string line = Trimmed(WithoutComment(text));
    if (line.empty() || nested) continue;
    if (line[0] == '[') {
      inside = ProfileOf(line, is_config) == profile->name;
      found |= inside;
    } else if (const size_t equals = line.find('='); inside && equals != std::string::npos) {
      profile->settings[Trimmed(std::string_view(line).substr(0, equals))] =
          Trimmed(std::string_view(line).substr(equals + 1));
    }
  }
  return found;
}

std::string PathOf(const Outside& outside, const std::string& variable, const std::string& name) {
  const std::string home = outside.variable("HOME");
  std::string named = outside.variable(variable);
  if (named.starts_with("~/") && !home.empty()) return home + named.substr(1);
  if (!named.empty() || home.empty()) return named;
  return home + "/.aws/" + name;
}

}  // namespace

std::string Profile::Setting(const std::string& key) const {
  const auto found = settings.find(key);
  return found == settings.end() ? "" : found->second;
}

arrow::Result<Profile> ReadProfile(const Outside& outside) {
  Profile profile;
  const std::string named = outside.variable("AWS_PROFILE");
  profile.name = named.empty() ? "default" : named;
  const std::string config = PathOf(outside, "AWS_CONFIG_FILE", "config");
  const std::string credentials = PathOf(outside, "AWS_SHARED_CREDENTIALS_FILE", "credentials");
  profile.files = credentials + " and " + config;
  if (credentials.empty() && config.empty()) profile.files = "no file, since HOME is not set";
  bool found = ReadFile(config, true, &profile);
  found |= ReadFile(credentials, false, &profile);
  if (!found && !named.empty())
    return Status::Invalid("AWS_PROFILE names the profile '", named, "', which is not in ", profile.files);
  return profile;
}

arrow::Result<std::string> FindRegion(const Outside& outside) {
  std::string region = outside.variable("AWS_REGION");
  if (region.empty()) region = outside.variable("AWS_DEFAULT_REGION");
  if (region.empty()) {
    ARROW_ASSIGN_OR_RAISE(const Profile profile, ReadProfile(outside));
    region = profile.Setting("region");
    if (region.empty())
      return Status::Invalid(
          "no AWS region: neither AWS_REGION nor AWS_DEFAULT_REGION is set, and the profile '", profile.name,
          "' in ", profile.files, " has no region; set AWS_REGION, to eu-central-1 for example");
  }
  const bool right = std::all_of(region.begin(), region.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (!right) return Status::Invalid("'", region, "' is no AWS region; one is eu-central-1");
  return region;
}

}  // namespace ndr::aws
