// SPDX-License-Identifier: Apache-2.0
// A Redis server of one's own on a socket, without persistence, and the two commands that are compared with.
#pragma once

#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>

namespace ndr::bench {

class RedisLink {
 public:
  RedisLink() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ndr-redis-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    const std::string socket = folder_ + "/redis.sock";
    const std::string arguments[] = {"redis-server", "--port",    "0",        "--unixsocket",
                                     socket,         "--save",    "",         "--appendonly",
                                     "no",           "--logfile", "/dev/null"};
    char* argv[std::size(arguments) + 1] = {};
    for (size_t i = 0; i < std::size(arguments); ++i) argv[i] = const_cast<char*>(arguments[i].c_str());
    if (::posix_spawnp(&server_, "redis-server", nullptr, nullptr, argv, environ) != 0) return;
    for (int tries = 0; tries < 500 && !ok(); ++tries) {
      ::usleep(10'000);
      Connect(socket);
    }
  }
  ~RedisLink() {
    if (link_ >= 0) ::close(link_);
    if (server_ > 0) ::kill(server_, SIGTERM), ::waitpid(server_, nullptr, 0);
    std::filesystem::remove_all(folder_);
  }
  RedisLink(const RedisLink&) = delete;
  RedisLink& operator=(const RedisLink&) = delete;

  bool ok() const { return link_ >= 0; }

  /// Adds a SET to what Flush sends at once.
  void Set(std::string_view key, std::string_view value) {
    Command({"SET", key, value});
    ++answers_;
  }
  void Flush() {
    Send();
    for (; answers_ > 0; --answers_) Line();
  }
  std::string_view Get(std::string_view key) {
    Command({"GET", key});
    Send();
    const auto size = static_cast<size_t>(std::stol(std::string(Line().substr(1))));
    Need(size + 2);
    const std::string_view value = std::string_view(in_).substr(read_, size);
    read_ += size + 2;
    return value;
  }

 private:
  void Connect(const std::string& path) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0)
      link_ = fd;
    else
      ::close(fd);
  }
  void Command(std::initializer_list<std::string_view> words) {
    out_ += "*" + std::to_string(words.size()) + "\r\n";
    for (const std::string_view word : words)
      out_.append("$").append(std::to_string(word.size())).append("\r\n").append(word).append("\r\n");
  }
  void Send() {
    for (std::string_view rest = out_; !rest.empty();) {
      const ssize_t sent = ::write(link_, rest.data(), rest.size());
      if (sent <= 0) std::abort();
      rest.remove_prefix(static_cast<size_t>(sent));
    }
    out_.clear();
    in_.erase(0, read_);
    read_ = 0;
  }
  void Need(size_t bytes) {
    while (in_.size() - read_ < bytes) Receive();
  }
  std::string_view Line() {
    size_t end = 0;
    while ((end = in_.find("\r\n", read_)) == std::string::npos) Receive();
    const std::string_view line = std::string_view(in_).substr(read_, end - read_);
    read_ = end + 2;
    return line;
  }
  void Receive() {
    char buffer[1 << 16];
    const ssize_t got = ::read(link_, buffer, sizeof buffer);
    if (got <= 0) std::abort();
    in_.append(buffer, static_cast<size_t>(got));
  }

  std::string folder_;
  pid_t server_ = -1;
  int link_ = -1;
  std::string out_, in_;
  size_t read_ = 0, answers_ = 0;
};

}  // namespace ndr::bench
