// SPDX-License-Identifier: Apache-2.0
#include "step_flags.h"

#include <CLI/CLI.hpp>

namespace ndr::app {

void StepFlags::Add(CLI::App* verb) {
  verb->add_option("--project", project, "Project file (JSON) in place of the job specs, for every step")
      ->check(CLI::ExistingFile);
  verb->add_option("--spec-store", spec_store,
                   "Where the job specs are, for every step: sqlite[:PATH], files:DIR or dynamodb[:TABLE]");
  verb->add_option("--table-name", table_name, "DynamoDB table of the job specs, for every step");
  verb->add_option("--sort-attribute", sort_attribute, "DynamoDB: the sort key's attribute, for every step");
  verb->add_flag("--replace", replace, "Replace what was made under another configuration, in every step");
}

std::vector<std::string> StepFlags::Arguments() const {
  std::vector<std::string> out;
  if (!project.empty()) out.push_back("--project=" + project);
  if (!spec_store.empty()) out.push_back("--spec-store=" + spec_store);
  if (!table_name.empty()) out.push_back("--table-name=" + table_name);
  if (!sort_attribute.empty()) out.push_back("--sort-attribute=" + sort_attribute);
  if (replace) out.push_back("--replace");
  out.push_back("--quiet");  // of several steps only what is odd; the reports are kept
  return out;
}

}  // namespace ndr::app
