// SPDX-License-Identifier: Apache-2.0
#include "ndr/disk/descriptor.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <thread>

#include "temporary_folder.h"

namespace ndr::disk {
namespace {

// A full pipe and signals: the first ends a write after a part of its bytes, the others before any.
TEST(WriteWhole, GoesOnWhereAWriteIsShortOrInterrupted) {
  struct sigaction interrupt {
  }, before{};
  interrupt.sa_handler = [](int) {};  // without SA_RESTART
  ASSERT_EQ(::sigaction(SIGUSR1, &interrupt, &before), 0);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const Descriptor from(ends[0]);
  Descriptor to(ends[1]);
  const int room = ::fcntl(to.get(), F_GETPIPE_SZ);
  std::string bytes(static_cast<size_t>(room) * 3, 'x');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>('a' + i % 23);
  bool written = false;
  std::thread writer([&, open = std::move(to)]() mutable {
    written = WriteWhole(open.get(), bytes);
    open = Descriptor();  // whoever reads comes to the end
  });
  for (int in_pipe = 0; in_pipe < room;) ASSERT_EQ(::ioctl(from.get(), FIONREAD, &in_pipe), 0);
  for (int signals = 0; signals < 6; ++signals) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ASSERT_EQ(::pthread_kill(writer.native_handle(), SIGUSR1), 0);
  }
  std::string read;
  std::string part(1 << 12, '\0');
  while (read.size() < bytes.size()) {
    const ssize_t n = ::read(from.get(), part.data(), part.size());
    if (n <= 0) break;
    read.append(part, 0, static_cast<size_t>(n));
  }
  writer.join();
  EXPECT_TRUE(written);
  EXPECT_TRUE(read == bytes);
  ::sigaction(SIGUSR1, &before, nullptr);
}

TEST(WriteWhole, SaysWhyNot) {
  const Descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  EXPECT_FALSE(WriteWhole(full.get(), "x"));
  EXPECT_EQ(errno, ENOSPC);
  EXPECT_TRUE(WriteWhole(full.get(), ""));
}

TEST(FileLock, IsHeldByOneAtATime) {
  const TemporaryFolder folder;
  const std::string file = folder / "lock";
  {
    const FileLock first(file, LOCK_EX, O_RDWR | O_CREAT);
    EXPECT_TRUE(first.status().ok());
    const FileLock second(file, LOCK_EX | LOCK_NB, O_RDWR);
    EXPECT_TRUE(second.refused());
    EXPECT_EQ(second.status().message(), "cannot lock " + file + ": Resource temporarily unavailable");
  }
  EXPECT_TRUE(FileLock(file, LOCK_EX | LOCK_NB, O_RDWR).status().ok());
}

TEST(FileLock, AFolderIsSharedByReaders) {
  const TemporaryFolder folder;
  const FileLock first(folder.path(), LOCK_SH), second(folder.path(), LOCK_SH);
  EXPECT_TRUE(second.status().ok());
  EXPECT_TRUE(FileLock(folder.path(), LOCK_EX | LOCK_NB).refused());
}

TEST(FileLock, WhatIsNotThereIsNotRefused) {
  const TemporaryFolder folder;
  const FileLock lock(folder / "none", LOCK_EX);
  EXPECT_FALSE(lock.refused());
  EXPECT_EQ(lock.status().message(), "cannot lock " + (folder / "none") + ": No such file or directory");
}

}  // namespace
}  // namespace ndr::disk
