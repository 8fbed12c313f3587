// SPDX-License-Identifier: Apache-2.0
// An outside world of the tests' own: variables from a map, a clock that sleeping moves, answers from a list.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ndr/aws/outside.h"

namespace ndr::aws {

inline constexpr base::Micros kNoon = int64_t{1'700'000'000} * base::kMicrosPerSecond;

struct Script {
  std::map<std::string, std::string> variables;
  base::Micros now = kNoon;
  std::vector<base::Micros> sleeps;
  double random = 0.5;
  std::deque<arrow::Result<Response>> answers;  ///< an exchange too many is an error that is not tried again
  std::vector<Request> requests;
};

inline std::string HeaderOf(const Request& request, const std::string& name) {
  for (const auto& [key, value] : request.headers)
    if (key == name) return value;
  return "";
}

/// `script` must outlive what is returned.
inline Outside ScriptedOutside(Script* script) {
  Outside outside;
  outside.variable = [script](const std::string& name) {
    const auto found = script->variables.find(name);
    return found == script->variables.end() ? "" : found->second;
  };
  outside.now = [script] { return script->now; };
  outside.sleep = [script](base::Micros micros) {
    script->sleeps.push_back(micros);
    script->now += micros;
  };
  outside.random = [script] { return script->random; };
  outside.exchange = [script](const Request& request) -> arrow::Result<Response> {
    script->requests.push_back(request);
    if (script->answers.empty()) return arrow::Status::UnknownError("not in the script: ", request.endpoint);
    auto answer = script->answers.front();
    script->answers.pop_front();
    return answer;
  };
  return outside;
}

}  // namespace ndr::aws
