// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/validate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "ndr/base/exit_code.h"
#include "ndr/catalogue/catalogue.h"
#include "ndr/pipeline/bind.h"

namespace ndr::pipeline {
namespace {

constexpr size_t kLongestName = 64;

bool IsName(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= kLongestName && std::ranges::all_of(name, allowed);
}

template <class Items, class Name>
std::vector<std::string> NamesOf(const Items& items, Name name) {
  std::vector<std::string> names;
  for (const auto& item : items) names.push_back(item.*name);
  return names;
}

std::string Advice(const std::string& name, const std::vector<std::string>& known) {
  const std::string nearest = catalogue::Nearest(name, known);
  return nearest.empty() ? "" : "; did you mean '" + nearest + "'?";
}

class Check {
 public:
  Check(const Pipeline& pipeline, const Commands& commands)
      : pipeline_(pipeline),
        commands_(commands),
        steps_(NamesOf(pipeline.steps, &Step::name)),
        parameters_(NamesOf(pipeline.parameters, &Parameter::name)) {}

  std::vector<std::string> Run() {
    Names();
    Repetitions();
    References();
    Unused();
    Cycle();
    // What its command says of a step whose parameters are wrong would only repeat that.
    if (problems_.empty()) Parsing();
    return std::move(problems_);
  }

 private:
  template <class... Args>
  void Add(fmt::format_string<Args...> text, Args&&... args) {
    problems_.push_back(fmt::format(text, std::forward<Args>(args)...));
  }

  void Names() {
    const std::string rule = "is no name: 1 to 64 letters, digits, '_' and '-'";
    if (!IsName(pipeline_.name)) Add("pipeline '{}' {}", pipeline_.name, rule);
    for (const std::string& name : parameters_)
      if (!IsName(name)) Add("parameter '{}' {}", name, rule);
    for (const std::string& name : steps_)
      if (!IsName(name)) Add("step '{}' {}", name, rule);
    if (steps_.empty()) Add("there are no steps");
  }

  void Twice(const std::vector<std::string>& names, const std::string& what) {
    std::set<std::string> seen, told;
    for (const std::string& name : names)
      if (!seen.insert(name).second && told.insert(name).second) Add("{} '{}' stands twice", what, name);
  }

  void Repetitions() {
    Twice(parameters_, "parameter");
    Twice(steps_, "step");
    for (const Step& step : pipeline_.steps) {
      Twice(NamesOf(step.arguments, &Argument::flag), "step '" + step.name + "': the flag");
      Twice(step.after, "step '" + step.name + "': the dependency");
    }
  }

  void References() {
    for (const Step& step : pipeline_.steps) {
      for (const Argument& argument : step.arguments)
        if (!argument.parameter.empty() && pipeline_.Find(argument.parameter) == nullptr)
          Add("step '{}': {} takes the parameter '{}', which is not declared{}", step.name, argument.flag,
              argument.parameter, Advice(argument.parameter, parameters_));
      for (const std::string& name : step.after)
        if (std::ranges::find(steps_, name) == steps_.end())
          Add("step '{}' waits for '{}', which is no step{}", step.name, name, Advice(name, steps_));
    }
  }

  void Unused() {
    std::set<std::string> taken, connected;
    for (const Step& step : pipeline_.steps) {
      for (const Argument& argument : step.arguments) taken.insert(argument.parameter);
      connected.insert(step.after.begin(), step.after.end());
      if (!step.after.empty()) connected.insert(step.name);
    }
    for (const std::string& name : parameters_)
      if (!taken.contains(name)) Add("parameter '{}' is used by no step", name);
    if (steps_.size() < 2) return;
    for (const std::string& name : steps_)
      if (!connected.contains(name))
        Add("step '{}' is unused: it waits for no step, and none waits for it", name);
  }

  const Step* Find(const std::string& name) const {
    const auto found = std::ranges::find(pipeline_.steps, name, &Step::name);
    return found == pipeline_.steps.end() ? nullptr : &*found;
  }

  // Walks against the dependencies; `path` is the way from the first step to here.
  bool Circular(const std::string& name, std::vector<std::string>* path, std::set<std::string>* finished) {
    const auto begin = std::ranges::find(*path, name);
    if (begin != path->end()) {
      // From what runs first to what waits for it.
      std::vector<std::string> circle(begin, path->end());
      circle.push_back(name);
      std::ranges::reverse(circle);
      Add("steps wait for each other: {}", fmt::join(circle, " -> "));
      return true;
    }
    const Step* step = Find(name);
    if (step == nullptr || finished->contains(name)) return false;
    path->push_back(name);
    for (const std::string& before : step->after)
      if (Circular(before, path, finished)) return true;
    path->pop_back();
    finished->insert(name);
    return false;
  }

  void Cycle() {
    std::set<std::string> finished;
    for (const std::string& name : steps_) {
      std::vector<std::string> path;
      if (Circular(name, &path, &finished)) return;
    }
  }

  void Parsing() {
    Values samples;
    for (const Parameter& parameter : pipeline_.parameters)
      samples.set[parameter.name] = SampleOf(parameter.kind);
    for (const Step& step : pipeline_.steps) {
      const arrow::Status status = commands_.Parse(ArgumentsOf(pipeline_, step, samples));
      if (!status.ok())
        Add("step '{}': 'ndr {}' refuses its arguments: {}", step.name, step.command, status.message());
    }
  }

  const Pipeline& pipeline_;
  const Commands& commands_;
  const std::vector<std::string> steps_, parameters_;
  std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> Problems(const Pipeline& pipeline, const Commands& commands) {
  return Check(pipeline, commands).Run();
}

arrow::Status Validate(const Pipeline& pipeline, const Commands& commands) {
  const std::vector<std::string> problems = Problems(pipeline, commands);
  if (problems.empty()) return arrow::Status::OK();
  return base::UsageError(fmt::format("pipeline '{}': {}", pipeline.name, fmt::join(problems, "; ")));
}

}  // namespace ndr::pipeline
