// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "ndr/base/exit_code.h"
#include "ndr/storage/committed_files.h"
#include "stop_request.h"
#include "terminal.h"
#include "verbs.h"

namespace ndr::app {
namespace {

using arrow::Status;

struct VerifyFlags {
  std::string root;
  int threads = 8;
};

arrow::Result<storage::Verification> Verified(const VerifyFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const auto store, storage::OpenStore(flags.root));
  const StopRequest stop;
  ProgressLine line;
  const auto progress = [&](int64_t done, int64_t total) {
    line.Show("verify", done, total);
    return stop.signal() == 0;
  };
  auto verification = storage::Verify(store.get(), flags.threads, progress);
  if (stop.signal() != 0) return base::Stopped(stop.signal(), "stopped; not all files were looked at");
  return verification;
}

Status RunVerify(const VerifyFlags& flags) {
  ARROW_ASSIGN_OR_RAISE(const storage::Verification verification, Verified(flags));
  if (verification.commits == 0) return base::UsageError(flags.root + " holds no commit records (--root)");
  for (const storage::Difference& difference : verification.differences)
    Say(stdout, "{} {} ({})\n", difference.file, difference.what, difference.commit);
  const std::string looked_at = fmt::format("{} files of {} commits, {} bytes", verification.files,
                                            verification.commits, verification.bytes);
  if (verification.differences.empty()) {
    Say(stdout, "As committed: {}\n", looked_at);
    return Status::OK();
  }
  return base::ContractViolation(
      fmt::format("{} of {} are not what their commit records say; run the "
                  "jobs of these batches again with "
                  "--replace, or bring the files back from a copy",
                  verification.differences.size(), looked_at));
}

}  // namespace

void AddVerify(CLI::App* app, Action* action) {
  auto flags = std::make_shared<VerifyFlags>();
  CLI::App* verb = app->add_subcommand("verify",
                                       "Read every committed file again and compare it with its "
                                       "commit record: size and SHA-256. Exit 3 where "
                                       "one differs; each is named.\n"
                                       "Examples:\n"
                                       "  ndr verify --root out\n"
                                       "  ndr verify --root s3://lake/ndr --threads 32");
  verb->add_option("--root", flags->root, "Folder or s3://bucket/prefix with the results")->required();
  verb->add_option("--threads", flags->threads, "Files at a time")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  verb->callback([flags, action] { *action = [flags] { return RunVerify(*flags); }; });
}

}  // namespace ndr::app
