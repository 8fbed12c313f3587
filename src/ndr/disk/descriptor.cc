// SPDX-License-Identifier: Apache-2.0
#include "ndr/disk/descriptor.h"

#include <unistd.h>

#include <cerrno>

#include "ndr/disk/files.h"

namespace ndr::disk {

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

bool WriteWhole(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

bool Lock(int fd, int operation) {
  while (::flock(fd, operation) != 0)
    if (errno != EINTR) return false;
  return true;
}

FileLock::FileLock(const std::string& path, int operation, int flags)
    : file_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {
  if (file_.get() < 0 || !Lock(file_.get(), operation)) status_ = Failed("lock", path, errno);
}

}  // namespace ndr::disk
