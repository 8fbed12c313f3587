// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/lock_owner.h"

#include <signal.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace ndr::pipeline {
namespace {

// Files below /proc have no size, so they are read to their end.
std::string ReadProc(const std::string& path) {
  std::string text;
  FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return text;
  std::array<char, 512> buffer;
  while (const size_t n = std::fread(buffer.data(), 1, buffer.size(), file)) text.append(buffer.data(), n);
  std::fclose(file);
  return text;
}

std::string Machine() {
  std::string boot = ReadProc("/proc/sys/kernel/random/boot_id");
  if (boot.ends_with('\n')) boot.pop_back();
  std::error_code error;
  return boot + " " + std::filesystem::read_symlink("/proc/self/ns/pid", error).string();
}

// When a process began, in ticks since the boot; 0: there is none.
int64_t StartOf(int64_t pid) {
  const std::string stat = ReadProc("/proc/" + std::to_string(pid) + "/stat");
  // `pid (name) state ...`: the name may hold anything; the start is the 20th field after it.
  size_t at = stat.rfind(')');
  for (int field = 0; field < 20 && at != std::string::npos; ++field) at = stat.find(' ', at + 1);
  int64_t ticks = 0;
  if (at != std::string::npos) std::from_chars(stat.data() + at + 1, stat.data() + stat.size(), ticks);
  return ticks;
}

}  // namespace

std::string LockOwner::Name() const { return "pid " + std::to_string(pid) + " on " + host; }

arrow::Result<LockOwner> ThisProcess() {
  LockOwner owner;
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0)
    return arrow::Status::IOError("cannot read the host's name");
  owner.host = name.data();
  owner.machine = Machine();
  owner.pid = ::getpid();
  owner.started = StartOf(owner.pid);
  std::array<unsigned char, 16> random;
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size()))
    return arrow::Status::IOError("the system gives no random bytes");
  constexpr char kHex[] = "0123456789abcdef";
  for (const unsigned char byte : random) owner.token += {kHex[byte >> 4], kHex[byte & 15]};
  return owner;
}

bool IsDead(const LockOwner& owner) {
  if (owner.machine != Machine()) return false;
  if (::kill(static_cast<pid_t>(owner.pid), 0) != 0 && errno == ESRCH) return true;
  return StartOf(owner.pid) != owner.started;
}

std::string ToJson(const LockOwner& owner) {
  const nlohmann::ordered_json json = {
      {"host", owner.host},   {"machine", owner.machine},
      {"pid", owner.pid},     {"started", owner.started},
      {"token", owner.token}, {"expires", base::FormatInstant(owner.expires)}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::optional<LockOwner> OwnerFromJson(std::string_view text) {
  try {
    const auto json = nlohmann::json::parse(text);
    const auto expires = base::ParseCivil(json.at("expires").get<std::string>());
    if (!expires) return std::nullopt;
    return LockOwner{json.at("host"),    json.at("machine"), json.at("pid"),
                     json.at("started"), json.at("token"),   expires->micros};
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace ndr::pipeline
