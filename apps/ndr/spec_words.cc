// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "ndr/base/exit_code.h"
#include "spec_verbs.h"

namespace ndr::app {
namespace {

using arrow::Status;

Status ExplainKey(const std::string& key) {
  const auto text = spec::ExplainKey(key);
  if (!text.ok()) return base::UsageError(text.status().message() + " ('ndr spec docs' names them all)");
  std::fputs(text->c_str(), stdout);
  return Status::OK();
}

Status PrintSpecSchema(const std::string& job) {
  const auto kind = spec::FindDocumentKind(job);
  if (!kind.ok()) return base::UsageError(kind.status().message());
  std::fputs((spec::JsonSchemaOf(*kind).dump(2) + "\n").c_str(), stdout);
  return Status::OK();
}

Status PrintSpecDocs() {
  std::fputs(spec::JobSpecMarkdown().c_str(), stdout);
  return Status::OK();
}

}  // namespace

void AddSpecWords(CLI::App* spec, Action* action) {
  auto word = std::make_shared<std::string>();
  CLI::App* explain = spec->add_subcommand("explain",
                                           "What a key means, its default, and what it acts on.\n"
                                           "Example: ndr spec explain findings.min_score");
  explain->add_option("key", *word, "A key or group, e.g. capping.z_max or data_quality")->required();
  CLI::App* schema = spec->add_subcommand("schema",
                                          "The JSON Schema of a document, for editors.\n"
                                          "Example: ndr spec schema fg_b_builder");
  schema->add_option("job", *word, "project_parameters or a job such as delta_builder")->required();
  CLI::App* docs = spec->add_subcommand("docs",
                                        "Every key as a page of Markdown.\n"
                                        "Example: ndr spec docs > docs/job-spec.md");
  explain->callback([word, action] { *action = [word] { return ExplainKey(*word); }; });
  schema->callback([word, action] { *action = [word] { return PrintSpecSchema(*word); }; });
  docs->callback([action] { *action = &PrintSpecDocs; });
}

}  // namespace ndr::app
