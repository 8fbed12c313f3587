// SPDX-License-Identifier: Apache-2.0
#include "ndr/catalogue/catalogue.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "features_verbs.h"
#include "flags.h"
#include "ndr/base/exit_code.h"
#include "ndr/catalogue/docs.h"
#include "verbs.h"

namespace ndr::app {
namespace {

using arrow::Status;

struct CatalogueFlags {
  ProjectFlags project;
  std::string format = "table", dataset;
  bool lock = false;
};

arrow::Result<std::shared_ptr<const catalogue::Catalogue>> Make(const CatalogueFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const spec::Project project, flags.project.Load());
  return catalogue::Catalogue::Make(project.catalogue);
}

Status ListCatalogue(const CatalogueFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const auto catalogue, Make(flags));
  std::fputs(
      (flags.format == "json" ? catalogue::ListJson(*catalogue) : catalogue::ListText(*catalogue)).c_str(),
      stdout);
  return Status::OK();
}

Status PrintCatalogueSchema(const CatalogueFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const auto catalogue, Make(flags));
  const auto json = catalogue::SchemaJson(*catalogue, flags.dataset);
  if (!json.ok()) return base::UsageError(json.status().message());
  std::fputs(json->c_str(), stdout);
  return Status::OK();
}

Status WriteCatalogueDocs(const CatalogueFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const auto catalogue, Make(flags));
  std::fputs((flags.lock ? catalogue::LockText(*catalogue) : catalogue::DocsMarkdown(*catalogue)).c_str(),
             stdout);
  return Status::OK();
}

}  // namespace

void AddCatalogue(CLI::App* app, Action* action) {
  auto flags = std::make_shared<CatalogueFlags>();
  CLI::App* verb = app->add_subcommand("catalogue",
                                       "Every feature: name, meaning, formula, unit, class and null rule.\n"
                                       "Examples:\n"
                                       "  ndr catalogue list\n"
                                       "  ndr catalogue schema fg_c/host\n"
                                       "  ndr catalogue docs > docs/catalogue.md\n"
                                       "  ndr catalogue groups --dataset fg_a");
  verb->require_subcommand(1);
  CLI::App* list = verb->add_subcommand("list", "One line a metric");
  list->add_option("--format", flags->format, "table or json (one object a line)")
      ->capture_default_str()
      ->check(CLI::IsMember({"table", "json"}));
  CLI::App* schema = verb->add_subcommand("schema", "Columns, key and partitions of a dataset, as JSON");
  schema->add_option("dataset", flags->dataset, "Such as fg_a or fg_b/host")->required();
  CLI::App* docs = verb->add_subcommand("docs", "The page docs/catalogue.md");
  docs->add_flag("--lock", flags->lock, "docs/catalogue.lock instead: names, types and units, one a line");
  for (CLI::App* sub : {list, schema, docs}) flags->project.Add(sub);
  AddFeatureGroups(verb, action);
  list->callback([flags, action] { *action = [flags] { return ListCatalogue(*flags); }; });
  schema->callback([flags, action] { *action = [flags] { return PrintCatalogueSchema(*flags); }; });
  docs->callback([flags, action] { *action = [flags] { return WriteCatalogueDocs(*flags); }; });
}

}  // namespace ndr::app
