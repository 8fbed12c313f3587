// SPDX-License-Identifier: Apache-2.0
#include "ndr/disk/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "ndr/disk/descriptor.h"

namespace ndr::disk {
namespace fs = std::filesystem;

arrow::Status Failed(std::string_view what, const std::string& path, int error) {
  return arrow::Status::IOError("cannot ", what, " ", path, ": ", std::strerror(error));
}

arrow::Result<std::vector<std::string>> NamesIn(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory) return names;
  for (; !error && entries != fs::directory_iterator(); entries.increment(error))
    names.push_back(entries->path().filename().string());
  if (error) return Failed("list", folder, error.value());
  return names;
}

arrow::Result<std::optional<std::string>> ReadWhole(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (file.get() < 0) return Failed("open", path, errno);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return Failed("read", path, errno);
  std::string bytes(static_cast<size_t>(info.st_size), '\0');
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::read(file.get(), bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Failed("read", path, errno);
    if (n == 0) bytes.resize(done);
    done += static_cast<size_t>(n);
  }
  return bytes;
}

namespace {

arrow::Status Write(const Descriptor& file, const std::string& path, std::string_view bytes, bool sync) {
  if (file.get() < 0) return Failed("create", path, errno);
  if (!WriteWhole(file.get(), bytes)) return Failed("write", path, errno);
  return !sync || ::fsync(file.get()) == 0 ? arrow::Status::OK() : Failed("sync", path, errno);
}

Descriptor Create(const std::string& path, int flag) {
  return Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | flag | O_CLOEXEC, 0666));
}

}  // namespace

arrow::Status WriteFile(const std::string& path, std::string_view bytes) {
  return Write(Create(path, O_TRUNC), path, bytes, false);
}
arrow::Status WriteSynced(const std::string& path, std::string_view bytes) {
  return Write(Create(path, O_TRUNC), path, bytes, true);
}
arrow::Status AppendSynced(const std::string& path, std::string_view bytes) {
  return Write(Create(path, O_APPEND), path, bytes, true);
}

arrow::Status SyncDisk(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return file.get() >= 0 && ::syncfs(file.get()) == 0 ? arrow::Status::OK() : Failed("sync", path, errno);
}

arrow::Status SyncFolder(const std::string& folder) {
  const Descriptor file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return file.get() >= 0 && ::fsync(file.get()) == 0 ? arrow::Status::OK() : Failed("sync", folder, errno);
}

namespace {

int MakeFolder(const std::string& folder) { return ::mkdir(folder.c_str(), 0777) == 0 ? 0 : errno; }

}  // namespace

arrow::Status MakeFolders(const std::string& folder) {
  int error = MakeFolder(folder);
  const std::string parent = fs::path(folder).parent_path().string();
  if (error == ENOENT && !parent.empty() && parent != folder) {
    ARROW_RETURN_NOT_OK(MakeFolders(parent));
    error = MakeFolder(folder);  // once: some file systems say ENOENT whatever the parent is
  }
  std::error_code unknown;
  if (error == 0 || (error == EEXIST && fs::is_directory(folder, unknown))) return arrow::Status::OK();
  return Failed("make folder", folder, error == EEXIST ? ENOTDIR : error);
}

arrow::Status Move(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return Failed("move", from + " to " + to, errno);
  return arrow::Status::OK();
}

arrow::Status Remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR)
    return Failed("remove", path, errno);
  return arrow::Status::OK();
}

}  // namespace ndr::disk
