// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/bind.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ndr/base/exit_code.h"
#include "ndr/catalogue/catalogue.h"

namespace ndr::pipeline {
namespace {

bool GivenAsFiles(const Parameter& parameter, const Values& values) {
  return parameter.kind == Kind::kLogs && !values.inputs.empty();
}

void Append(const std::string& flag, const std::string& value, Arguments* out) {
  // A parser takes a value of its own that begins with a dash for a flag.
  if (value.starts_with('-')) return out->push_back(flag + "=" + value);
  out->push_back(flag);
  out->push_back(value);
}

}  // namespace

arrow::Status CheckValues(const Pipeline& pipeline, const Values& values) {
  std::vector<std::string> names, unset;
  for (const Parameter& parameter : pipeline.parameters) {
    names.push_back(parameter.name);
    const auto value = values.set.find(parameter.name);
    const bool is_set = value != values.set.end() && !value->second.empty();
    if (is_set && GivenAsFiles(parameter, values))
      return base::UsageError("pipeline '" + pipeline.name + "' takes either --input or the parameter " +
                              parameter.name + ", not both");
    if (!is_set && !GivenAsFiles(parameter, values)) unset.push_back(parameter.name);
  }
  for (const auto& [name, value] : values.set) {
    if (pipeline.Find(name) != nullptr) continue;
    const std::string nearest = catalogue::Nearest(name, names);
    return base::UsageError(fmt::format("pipeline '{}' has no parameter '{}'; {}", pipeline.name, name,
                                        nearest.empty() ? fmt::format("it has {}", fmt::join(names, ", "))
                                                        : fmt::format("did you mean '{}'?", nearest)));
  }
  if (!values.inputs.empty() && pipeline.OfKind(Kind::kLogs) == nullptr)
    return base::UsageError("pipeline '" + pipeline.name + "' reads no log files; leave --input out");
  if (unset.empty()) return arrow::Status::OK();
  return base::UsageError(fmt::format("pipeline '{}': nothing sets {}; add -p {}=...", pipeline.name,
                                      fmt::join(unset, ", "), fmt::join(unset, "=... -p ")));
}

Arguments ArgumentsOf(const Pipeline& pipeline, const Step& step, const Values& values) {
  Arguments out = {step.command};
  for (const Argument& argument : step.arguments) {
    const Parameter* parameter = argument.parameter.empty() ? nullptr : pipeline.Find(argument.parameter);
    if (parameter != nullptr && GivenAsFiles(*parameter, values)) {
      for (const std::string& file : values.inputs) Append("--input", file, &out);
    } else if (!argument.parameter.empty()) {
      const auto value = values.set.find(argument.parameter);
      Append(argument.flag, value == values.set.end() ? "" : value->second, &out);
    } else if (!argument.value.empty()) {
      Append(argument.flag, argument.value, &out);
    } else {
      out.push_back(argument.flag);
    }
  }
  out.insert(out.end(), values.extra.begin(), values.extra.end());
  return out;
}

}  // namespace ndr::pipeline
