// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/json_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <sstream>

#include "ndr/base/json_error.h"
#include "ndr/catalogue/catalogue.h"

namespace ndr::spec {

using arrow::Status;

void Problems::AddAt(const std::string& path, const std::string& words) {
  const auto here_or_below = [&](const Problem& problem) {
    return !path.empty() && problem.path.starts_with(path) &&
           (problem.path.size() == path.size() || problem.path[path.size()] == '.' ||
            problem.path[path.size()] == '[');
  };
  if (std::none_of(found_.begin(), found_.end(), here_or_below)) found_.push_back({path, words});
}

Status Problems::ToStatus() const {
  if (found_.empty()) return Status::OK();
  std::string text = found_.size() == 1 ? "" : fmt::format("{} problems", found_.size());
  for (const Problem& problem : found_) {
    if (found_.size() > 1) text += "\n  ";
    text += problem.path.empty() ? problem.words : problem.path + ": " + problem.words;
  }
  return Status::Invalid(text);
}

void At::Fail(const std::string& message) const { problems->AddAt(path, message); }

void At::Complain(const std::string& message) const {
  if (warnings == nullptr) return Fail(message);
  warnings->push_back(path.empty() ? message : path + ": " + message);
}

void At::Expected(std::string_view expected, const Json& found) const {
  std::string text = OneLine(found);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  Fail(fmt::format("expected {}, found {} {}", expected, found.type_name(), text));
}

void At::Unknown(const std::string& name, std::string_view what,
                 const std::vector<std::string>& known) const {
  const std::string nearest = catalogue::Nearest(name, known);
  if (!nearest.empty()) return Fail(fmt::format("'{}' is no {}; did you mean '{}'?", name, what, nearest));
  Fail(fmt::format("'{}' is no {}; known are {}", name, what, fmt::join(known, ", ")));
}

arrow::Result<Json> ParseJson(std::string_view text, std::string_view origin) {
  std::vector<std::set<std::string>> open;
  std::string twice;
  const Json::parser_callback_t watch = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key && !open.back().insert(parsed.get<std::string>()).second)
      twice = parsed.get<std::string>();
    return true;
  };
  try {
    Json json = Json::parse(text, watch);
    if (!twice.empty()) return Status::Invalid(origin, ": the key '", twice, "' stands twice in one object");
    return json;
  } catch (const std::exception& e) {
    return Status::Invalid(origin, ": no JSON: ", base::JsonErrorInWords(e.what()));
  }
}

arrow::Result<Json> ReadJsonFile(const std::string& path, std::string_view what) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return Status::IOError("cannot read the ", what, " ", path);
  return ParseJson(text.view(), path);
}

std::string OneLine(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json NumberJson(double value) {
  constexpr double kExact = 9007199254740992;  // 2^53
  if (std::floor(value) == value && std::abs(value) < kExact) return static_cast<int64_t>(value);
  return value;
}

}  // namespace ndr::spec
