// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/ledger_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "ndr/base/exit_code.h"

namespace ndr::feature_store {
namespace {

using arrow::Status;

constexpr int kLedgerFlags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC;

}  // namespace

Status LedgerFile::Failed(const char* action) const {
  return Status::IOError("cannot ", action, " the ledger ", path_, ": ", std::strerror(errno),
                         "; name another with --ledger");
}

Status LedgerFile::Hold(int fd) {
  struct stat held {
  }, named{};
  // Another process may have put a new file into its place between opening and holding it.
  if (disk::Lock(fd, LOCK_EX | LOCK_NB) && ::fstat(fd, &held) == 0 && ::stat(path_.c_str(), &named) == 0 &&
      held.st_ino == named.st_ino)
    return Status::OK();
  return base::UsageError("the ledger " + path_ +
                          " is held by another ingestion; wait for it, or name another with --ledger");
}

arrow::Result<std::string> LedgerFile::Open(const std::string& path, bool only_look) {
  path_ = path;
  only_look_ = only_look;
  if (!only_look) {
    std::error_code ignored;  // opening says why
    const auto folder = std::filesystem::path(path).parent_path();
    if (!folder.empty()) std::filesystem::create_directories(folder, ignored);
    file_ = disk::Descriptor(::open(path.c_str(), kLedgerFlags, 0644));
    if (file_.get() < 0) return Failed("open");
    ARROW_RETURN_NOT_OK(Hold(file_.get()));
  }
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const size_t whole = text.rfind('\n') + 1;  // npos + 1 is 0
  if (whole < text.size() && !only_look && ::ftruncate(file_.get(), static_cast<off_t>(whole)) != 0)
    return Failed("mend");
  text.resize(whole);
  return text;
}

Status LedgerFile::Append(const std::string& lines) {
  return only_look_ || disk::WriteWhole(file_.get(), lines) ? Status::OK() : Failed("write");
}

Status LedgerFile::Replace(const std::string& lines) {
  if (only_look_) return Status::OK();
  const std::string fresh = path_ + ".new";
  ::unlink(fresh.c_str());
  disk::Descriptor file(::open(fresh.c_str(), kLedgerFlags, 0644));
  const int fd = file.get();
  if (fd < 0 || !disk::Lock(fd, LOCK_EX | LOCK_NB) || !disk::WriteWhole(fd, lines) || ::fsync(fd) != 0 ||
      std::rename(fresh.c_str(), path_.c_str()) != 0)
    return Failed("rewrite");
  file_ = std::move(file);
  return Status::OK();
}

Status LedgerFile::Sync() { return only_look_ || ::fsync(file_.get()) == 0 ? Status::OK() : Failed("write"); }

}  // namespace ndr::feature_store
