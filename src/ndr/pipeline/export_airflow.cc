// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "ndr/pipeline/export.h"

namespace ndr::pipeline {
namespace {

constexpr char kImports[] = R"(from __future__ import annotations

from datetime import datetime, timezone

try:  # Airflow 3
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.sdk import DAG, Param
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.models.param import Param
    from airflow.operators.bash import BashOperator
)";

// What JSON escapes, Python reads back; anything else stands as it is.
std::string Quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Values reach the shell in variables, so that nothing in them is taken for a command.
std::string Variable(const Pipeline& pipeline, const std::string& parameter) {
  std::string name = "NDR_" + parameter;
  if (std::ranges::find(parameter, '-') == parameter.end()) return name;
  std::ranges::replace(name, '-', '_');
  // `a-b` beside `a_b`
  const auto place = pipeline.Find(parameter) - pipeline.parameters.data();
  return name + "_" + std::to_string(place);
}

// A literal as one word for the shell, as it is for the templates before that.
std::string Word(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  out += '\'';
  const bool like_template =
      text.find("{{") != text.npos || text.find("{%") != text.npos || text.find("{#") != text.npos;
  return like_template ? "{% raw %}" + out + "{% endraw %}" : out;
}

std::string CommandLine(const Pipeline& pipeline, const Step& step) {
  std::string line = "ndr " + Word(step.command);
  for (const Argument& argument : step.arguments) {
    line += " " + argument.flag;
    if (!argument.parameter.empty()) line += "=\"$" + Variable(pipeline, argument.parameter) + "\"";
    if (!argument.value.empty()) line += "=" + Word(argument.value);
  }
  return line;
}

}  // namespace

std::string ExportAirflow(const Pipeline& pipeline) {
  std::string text = fmt::format("# Made by: ndr pipeline export {} --target airflow\n{}\nPARAMETERS = {{\n",
                                 pipeline.name, kImports);
  for (const Parameter& parameter : pipeline.parameters)
    text += fmt::format("    {}: {},\n", Quoted(parameter.name), Quoted(parameter.meaning));
  text += "}\nENVIRONMENT = {\n";
  for (const Parameter& parameter : pipeline.parameters)
    text += fmt::format("    \"{}\": \"{{{{ params['{}'] }}}}\",\n", Variable(pipeline, parameter.name),
                        parameter.name);
  text += fmt::format(
      "}}\n\nwith DAG(\n    dag_id={},\n    description={},\n    schedule=None,\n"
      "    start_date=datetime(2024, 1, 1, tzinfo=timezone.utc),\n    catchup=False,\n    tags=[\"ndr\"],\n"
      "    # A run that leaves one out does not begin.\n"
      "    params={{name: Param(type=\"string\", minLength=1, description=text) for name, text in "
      "PARAMETERS.items()}},\n"
      ") as dag:\n    steps = {{}}\n",
      Quoted(pipeline.name), Quoted(pipeline.meaning));
  for (const Step& step : pipeline.steps)
    text += fmt::format(
        "    steps[{0}] = BashOperator(\n        task_id={0},\n        doc={1},\n        bash_command={2},\n"
        "        env=ENVIRONMENT,\n        append_env=True,\n    )\n",
        Quoted(step.name), Quoted(step.meaning), Quoted(CommandLine(pipeline, step)));
  for (const Step& step : pipeline.steps)
    for (const std::string& before : step.after)
      text += fmt::format("    steps[{}] >> steps[{}]\n", Quoted(before), Quoted(step.name));
  return text;
}

}  // namespace ndr::pipeline
