// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/object_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "ndr/disk/files.h"

namespace ndr::storage {
namespace fs = std::filesystem;
namespace {

constexpr int64_t kMebibyte = int64_t{1} << 20, kDefaultMebibytes = 4096;

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string Folder() {
  if (std::string own = Variable("NDR_CACHE"); !own.empty()) return own;
  if (const std::string cache = Variable("XDG_CACHE_HOME"); !cache.empty()) return cache + "/ndr/objects";
  const std::string home = Variable("HOME");
  return home.empty() ? "" : home + "/.cache/ndr/objects";
}

int64_t LimitBytes() {
  const std::string text = Variable("NDR_CACHE_MIB");
  int64_t mebibytes = kDefaultMebibytes;
  std::from_chars(text.data(), text.data() + text.size(), mebibytes);
  return std::clamp<int64_t>(mebibytes, 0, int64_t{1} << 30) * kMebibyte;
}

struct Kept {
  fs::file_time_type used;
  int64_t bytes;
  fs::path path;
};

}  // namespace

ObjectCache& ObjectCache::OfProcess() {
  static ObjectCache cache(Folder(), LimitBytes());
  return cache;
}

std::string ObjectCache::PathOf(const std::string& sha256) const {
  return folder_ + "/" + sha256.substr(0, 2) + "/" + sha256;
}

std::shared_ptr<arrow::Buffer> ObjectCache::Get(const std::string& sha256) const {
  if (folder_.empty() || limit_bytes_ == 0) return nullptr;
  const std::string path = PathOf(sha256);
  auto bytes = disk::ReadWhole(path);
  if (!bytes.ok() || !*bytes) return nullptr;
  ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0);  // used now
  return arrow::Buffer::FromString(**std::move(bytes));
}

void ObjectCache::Put(const std::string& sha256, std::string_view bytes) {
  if (folder_.empty() || static_cast<int64_t>(bytes.size()) > limit_bytes_) return;
  // Looked at with the first file, and again after each sixteenth of the room.
  if (put_bytes_.fetch_add(static_cast<int64_t>(bytes.size())) > limit_bytes_ / 16 ||
      !looked_.exchange(true)) {
    put_bytes_ = 0;
    MakeRoom();
  }
  const std::string path = PathOf(sha256);
  const std::string unfinished = path + "." + std::to_string(::getpid()) + "-" + std::to_string(next_++);
  if (!disk::MakeFolders(fs::path(path).parent_path().string()).ok()) return;
  if (!disk::WriteFile(unfinished, bytes).ok() || !disk::Move(unfinished, path).ok())
    (void)disk::Remove(unfinished);
}

void ObjectCache::MakeRoom() {
  std::vector<Kept> all;
  int64_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder_, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    std::error_code gone;
    if (!it->is_regular_file(gone)) continue;
    const Kept file{it->last_write_time(gone), static_cast<int64_t>(it->file_size(gone)), it->path()};
    if (gone) continue;
    all.push_back(file);
    bytes += file.bytes;
  }
  std::sort(all.begin(), all.end(), [](const Kept& a, const Kept& b) { return a.used < b.used; });
  const int64_t room = limit_bytes_ - limit_bytes_ / 8;
  for (size_t i = 0; i < all.size() && bytes > room; ++i) {
    bytes -= all[i].bytes;
    (void)disk::Remove(all[i].path.string());
  }
}

}  // namespace ndr::storage
