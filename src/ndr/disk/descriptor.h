// SPDX-License-Identifier: Apache-2.0
// An open file, its writes and its locks, where a file is held open.
#pragma once

#include <arrow/status.h>
#include <fcntl.h>
#include <sys/file.h>

#include <string>
#include <string_view>
#include <utility>

namespace ndr::disk {

/// Closes on every way out. Below 0: none is open.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();
  int get() const { return fd_; }

 private:
  int fd_;
};

/// Goes on where a write was short or interrupted; else false, with errno.
bool WriteWhole(int fd, std::string_view bytes);

/// flock(2), which goes on where it was interrupted; else false, with errno.
bool Lock(int fd, int operation);

/// Holds flock(2) of a file or folder until it goes out of scope, also of a process that is killed.
class FileLock {
 public:
  /// Waits, unless `operation` has LOCK_NB. `flags`: how the path is opened.
  FileLock(const std::string& path, int operation, int flags = O_RDONLY | O_DIRECTORY);
  /// `cannot lock <path>` where it is not held.
  const arrow::Status& status() const { return status_; }
  /// It is there, but another one holds it.
  bool refused() const { return file_.get() >= 0 && !status_.ok(); }

 private:
  Descriptor file_;
  arrow::Status status_;
};

}  // namespace ndr::disk
