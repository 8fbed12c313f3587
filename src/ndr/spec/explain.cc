// SPDX-License-Identifier: Apache-2.0
// The description of one key in words.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "ndr/catalogue/catalogue.h"
#include "ndr/spec/documents.h"
#include "ndr/spec/key_words.h"

namespace ndr::spec {
namespace {

std::string Where(const Key& key, DocumentKind kind) {
  if (kind) return fmt::format("Set it in the spec of {}.", NameOf(kind));
  if (!key.overridden_by) return "Set it in project_parameters alone.";
  return fmt::format("Set it in project_parameters; the spec of {} may override it.",
                     NameOf(*key.overridden_by));
}

void ExplainTo(const Key& key, DocumentKind kind, std::string* text) {
  if (key.members) {
    *text += fmt::format("{}: an object\n  {}\n", key.path, key.sentence);
    for (const Key* member : key.members->Leaves()) *text += "\n", ExplainTo(*member, kind, text);
    return;
  }
  const std::string by_default = DefaultOf(key);
  *text += fmt::format("{}: {}\n  {}\n  Default: {}\n", key.path, FormInWords(key), key.sentence,
                       by_default.empty() ? "none" : by_default);
  if (const Json schema = key.form().schema; const Json* members = ElementsOf(schema))
    for (const auto& member : members->items())
      *text += fmt::format("    {}: {}\n", member.key(), member.value()["description"].get<std::string>());
  const std::string_view acts = ActsOn(key.acts);
  const bool of_job = kind && !key.overridden_by;
  if (!of_job) *text += acts.empty() ? "  It changes no data.\n" : fmt::format("  It acts on {}.\n", acts);
  *text += "  " + Where(key, kind) + "\n";
}

constexpr size_t kKeysNamed = 5;

// Those with the most pairs of letters of the text.
std::vector<std::string> Alike(const std::string& text, const std::vector<std::string>& known) {
  std::set<std::pair<int, std::string>> ranked;  // by pairs, most first
  for (const std::string& key : known) {
    int pairs = 0;
    for (size_t i = 0; i + 2 <= text.size(); ++i) pairs += key.find(text.substr(i, 2)) != std::string::npos;
    if (pairs > 0) ranked.emplace(-pairs, key);
  }
  std::vector<std::string> alike;
  for (const auto& [pairs, key] : ranked)
    if (alike.size() < kKeysNamed) alike.push_back(key);
  return alike;
}

void AllPaths(const Keys& keys, std::vector<std::string>* paths) {
  for (const auto& key : keys.keys()) {
    paths->push_back(key->path);
    if (key->members) AllPaths(*key->members, paths);
  }
}

}  // namespace

arrow::Result<std::string> ExplainKey(const std::string& path) {
  std::vector<std::string> known;
  for (const DocumentKind kind : DocumentKinds()) {
    Document document(kind);
    std::string text;
    if (const Key* key = document.keys.Find(path)) return ExplainTo(*key, kind, &text), text;
    AllPaths(document.keys, &known);
  }
  // A key is often known by its last name only.
  for (const std::string& candidate : known)
    if (candidate.ends_with("." + path))
      return arrow::Status::Invalid("'", path, "' is no key; did you mean '", candidate, "'?");
  const std::string nearest = catalogue::Nearest(path, known);
  if (!nearest.empty())
    return arrow::Status::Invalid("'", path, "' is no key; did you mean '", nearest, "'?");
  const std::vector<std::string> alike = Alike(path, known);
  return arrow::Status::Invalid(
      "'", path, "' is no key",
      alike.empty() ? "" : fmt::format("; the nearest are {}", fmt::join(alike, ", ")));
}

}  // namespace ndr::spec
