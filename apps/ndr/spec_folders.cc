// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include "ndr/base/exit_code.h"
#include "spec_verbs.h"

namespace ndr::app {
namespace {

using arrow::Status;
using spec::SpecKey;

arrow::Result<std::unique_ptr<spec::SpecStore>> FolderStore(const std::string& folder) {
  return spec::OpenStore({.store = "files:" + folder});
}

Status WriteSchemas(const std::string& folder) {
  const std::string schemas = folder + "/" + std::string(spec::kSchemaFolder);
  std::error_code error;
  std::filesystem::create_directories(schemas, error);
  for (const spec::DocumentKind kind : spec::DocumentKinds()) {
    std::ofstream file(schemas + "/" + spec::SchemaFile(kind));
    file << spec::JsonSchemaOf(kind).dump(2) << "\n";
    if (!file.flush()) return Status::IOError("cannot write ", schemas, "/", spec::SchemaFile(kind));
  }
  return Status::OK();
}

Status Init(const SpecFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const auto store,
                        flags.folder.empty() ? OpenStore(flags.store.options) : FolderStore(flags.folder));
  const bool of_files = store->name().starts_with("files:");
  std::vector<std::string> kept;
  for (const auto& [kind, body] : spec::InitDocuments(flags.project, flags.version)) {
    const SpecKey key{flags.project, std::string(NameOf(kind)), flags.version};
    ARROW_RETURN_NOT_OK(spec::CheckKey(key));
    // What somebody wrote stays; a version of which a part is there is completed.
    if (!flags.replace) {
      ARROW_ASSIGN_OR_RAISE(const auto there, store->Get(key));
      if (there) kept.push_back(key.job);
      if (there) continue;
    }
    ARROW_RETURN_NOT_OK(store->Put(key, body, flags.replace));
  }
  if (of_files) ARROW_RETURN_NOT_OK(WriteSchemas(store->name().substr(6)));
  fmt::print("{} {}: {} documents in {}\n", flags.project, flags.version,
             spec::DocumentKinds().size() - kept.size(), store->name());
  if (!kept.empty())
    fmt::print("{} there already, and kept (--replace puts defaults in their place): {}\n",
               kept.size() == 1 ? "1 was" : fmt::format("{} were", kept.size()), fmt::join(kept, ", "));
  if (of_files)
    fmt::print("Editors that follow $schema explain each key. Then: ndr spec import --from {}\n",
               store->name().substr(6));
  return Status::OK();
}

// All documents of a project (empty: of all), from one store to another. What is not valid stops it before
// the first.
Status Copy(spec::SpecStore* from, spec::SpecStore* to, const SpecFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(auto keys, from->List(flags.project));
  if (!flags.version.empty())
    std::erase_if(keys, [&](const SpecKey& key) { return key.version != flags.version; });
  if (keys.empty())
    return base::UsageError(from->name() + " holds no specs" +
                            (flags.project.empty() ? "" : " of " + flags.project));
  std::vector<spec::Json> bodies;
  for (const SpecKey& key : keys) {
    ARROW_ASSIGN_OR_RAISE(bodies.emplace_back(), LoadJobSpec(from, key));
    ARROW_RETURN_NOT_OK(CheckInStore(from, key, bodies.back()).status());
  }
  for (size_t i = 0; i < keys.size(); ++i) ARROW_RETURN_NOT_OK(to->Put(keys[i], bodies[i], flags.replace));
  fmt::print("{} documents from {} to {}\n", keys.size(), from->name(), to->name());
  return Status::OK();
}

Status ExportSpecs(const SpecFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const auto from, OpenStore(flags.store.options));
  ARROW_ASSIGN_OR_RAISE(const auto to, FolderStore(flags.folder));
  ARROW_RETURN_NOT_OK(Copy(from.get(), to.get(), flags));
  return WriteSchemas(flags.folder);
}

Status Import(const SpecFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const auto from, FolderStore(flags.folder));
  ARROW_ASSIGN_OR_RAISE(const auto to, OpenStore(flags.store.options));
  return Copy(from.get(), to.get(), flags);
}

}  // namespace

void AddSpecFolders(CLI::App* spec, Action* action) {
  auto flags = std::make_shared<SpecFlags>();
  CLI::App* init =
      AddSpecVerb(spec, "init",
                  "Write a complete set of specs, every key with its default, or what is missing of one.\n"
                  "Example: ndr spec init --project-name acme --feature-spec-version v1 --out specs",
                  flags, action, &Init);
  flags->AddNames(init, true);
  init->add_option("--out", flags->folder,
                   "A folder for them and their schemas, e.g. --out specs (default: into the store)");
  flags->AddReplace(init);

  CLI::App* exporting =
      AddSpecVerb(spec, "export",
                  "Write all documents of a project as files, <out>/<project>/<version>/<job>.json.\n"
                  "Example: ndr spec export --project-name acme --out specs",
                  flags, action, &ExportSpecs);
  exporting->add_option("--out", flags->folder, "The folder, e.g. --out specs")->required();
  CLI::App* importing =
      AddSpecVerb(spec, "import",
                  "Check all documents of a folder and keep them.\n"
                  "Example: ndr spec import --from specs --spec-store dynamodb:ml-projects-parameters",
                  flags, action, &Import);
  importing->add_option("--from", flags->folder, "The folder, e.g. --from specs")
      ->required()
      ->check(CLI::ExistingDirectory);
  for (CLI::App* verb : {exporting, importing}) {
    flags->AddNames(verb, false);
    flags->AddReplace(verb);
  }
}

}  // namespace ndr::app
