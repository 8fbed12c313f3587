// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>

#include "ndr/base/exit_code.h"
#include "ndr/storage/committed_files.h"
#include "terminal.h"
#include "verbs.h"

namespace ndr::app {
namespace {

using arrow::Status;
using storage::Garbage;

struct GcFlags {
  std::string root, older_than = "24h";
  bool remove = false;
  int threads = 8;
};

// `90m`, `24h`, `7d`.
arrow::Result<base::Micros> ParseAge(const std::string& text) {
  const auto refused = [&] {
    return base::UsageError("--older-than '" + text + "' is no age; write 90m, 24h or 7d");
  };
  const size_t unit = text.find_first_not_of("0123456789");
  if (unit == 0 || unit > 6 || unit + 1 != text.size()) return refused();
  const int64_t count = std::stoll(text.substr(0, unit));
  switch (text[unit]) {
    case 'm':
      return count * base::kMicrosPerMinute;
    case 'h':
      return count * 60 * base::kMicrosPerMinute;
    case 'd':
      return count * 24 * 60 * base::kMicrosPerMinute;
    default:
      return refused();
  }
}

const char* WhatItIs(Garbage::Kind kind) {
  switch (kind) {
    case Garbage::Kind::kStaging:
      return "left in staging";
    case Garbage::Kind::kData:
      return "in no commit record";
    default:
      return "upload without an end";
  }
}

Status RunGc(const GcFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const base::Micros age, ParseAge(flags.older_than));
  ARROW_ASSIGN_OR_RAISE(const auto store, storage::OpenStore(flags.root));
  ARROW_ASSIGN_OR_RAISE(const auto names, store->Names(""));
  if (names.empty()) return base::UsageError("there is nothing below " + flags.root + " (--root)");
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  ARROW_ASSIGN_OR_RAISE(auto garbage, storage::FindGarbage(store.get(), now.count() - age, flags.threads));
  if (flags.remove) {
    ARROW_ASSIGN_OR_RAISE(garbage, storage::RemoveGarbage(store.get(), garbage, flags.threads));
  }
  int64_t bytes = 0;
  for (const Garbage& item : garbage) {
    bytes += item.bytes;
    Say(stdout, "{}  {:>12}  {}  {}\n", base::FormatInstant(item.since / 1'000'000 * 1'000'000), item.bytes,
        item.name, WhatItIs(item.kind));
  }
  Say(stdout, "{} {} files, {} bytes{}\n", flags.remove ? "Removed" : "Found", garbage.size(), bytes,
      flags.remove || garbage.empty() ? "" : ". The same command with --delete removes them.");
  return Status::OK();
}

}  // namespace

void AddGc(CLI::App* app, Action* action) {
  auto flags = std::make_shared<GcFlags>();
  CLI::App* verb = app->add_subcommand("gc",
                                       "What lies below a root and no reader will ever see: leftovers in "
                                       "staging, data files that no commit "
                                       "record lists, uploads without an end. Committed files are never "
                                       "touched.\n"
                                       "Examples:\n"
                                       "  ndr gc --root s3://lake/ndr\n"
                                       "  ndr gc --root out --older-than 7d --delete");
  verb->add_option("--root", flags->root, "Folder or s3://bucket/prefix with the results")->required();
  verb->add_option("--older-than", flags->older_than,
                   "Only what was last written so long ago: longer than any "
                   "run that may still go on")
      ->capture_default_str();
  verb->add_flag("--delete", flags->remove, "Remove it; without this it is only listed");
  verb->add_option("--threads", flags->threads, "Requests at a time")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  verb->callback([flags, action] { *action = [flags] { return RunGc(*flags); }; });
}

}  // namespace ndr::app
