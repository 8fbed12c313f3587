// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/remote_ledger.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "ndr/base/exit_code.h"

namespace ndr::feature_store {
namespace {

using arrow::Status;

std::string HeadOf(const std::string& target) {
  return nlohmann::ordered_json({{"ndr_feature_ledger", 1}, {"target", target}}).dump();
}

bool ReadNumber(std::string_view* text, int64_t* number) {
  if (text->starts_with(' ')) text->remove_prefix(1);
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), *number);
  text->remove_prefix(static_cast<size_t>(end - text->data()));
  return error == std::errc();
}

}  // namespace

arrow::Result<std::unique_ptr<RemoteLedger>> RemoteLedger::Open(const std::string& path,
                                                                const std::string& target, bool only_look) {
  std::unique_ptr<RemoteLedger> ledger(new RemoteLedger(path));
  ledger->only_look_ = only_look;
  if (only_look) {
    ARROW_RETURN_NOT_OK(ledger->Load(target));
    return ledger;
  }
  std::error_code error;
  const auto folder = std::filesystem::path(path).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  ledger->fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (ledger->fd_ < 0)
    return Status::IOError("cannot open the ledger ", path, ": ", std::strerror(errno),
                           "; name another with --ledger");
  if (::flock(ledger->fd_, LOCK_EX | LOCK_NB) != 0)
    return base::UsageError("the ledger " + path +
                            " is held by another ingestion; wait for it, or name another");
  ARROW_RETURN_NOT_OK(ledger->Load(target));
  return ledger;
}

RemoteLedger::~RemoteLedger() {
  if (fd_ >= 0) ::close(fd_);
}

Status RemoteLedger::Load(const std::string& target) {
  std::ifstream file(path_, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  size_t at = 0;
  for (size_t end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
    const std::string_view line = std::string_view(text).substr(at, end - at);
    if (at > 0) {
      ARROW_RETURN_NOT_OK(Apply(line));
    } else if (line != HeadOf(target)) {
      return base::UsageError("the ledger " + path_ + " is of another store (" +
                              std::string(line.substr(0, 200)) + ") than " + target +
                              "; name another with --ledger");
    }
  }
  if (at < text.size() && !only_look_ && ::ftruncate(fd_, static_cast<off_t>(at)) != 0)
    return Status::IOError("cannot mend the ledger ", path_, ": ", std::strerror(errno));
  return at == 0 ? Write(HeadOf(target) + "\n") : Status::OK();
}

Status RemoteLedger::Apply(std::string_view line) {
  const auto wrong = [&] {
    return base::UsageError("the ledger " + path_ + " has a line that is none of its own: '" +
                            std::string(line.substr(0, 100)) + "'; name another with --ledger");
  };
  const std::string_view word = line.substr(0, line.find(' '));
  std::string_view rest = line.substr(std::min(line.size(), word.size()));
  int64_t unit = 0, row = 0;
  if (!ReadNumber(&rest, &unit) || unit < 0 || unit > static_cast<int64_t>(units_.size())) return wrong();
  const auto index = static_cast<size_t>(unit);
  if (word == "unit" && index == units_.size()) {
    const auto name = nlohmann::json::parse(rest, nullptr, false);
    if (!name.is_array() || name.size() != 3) return wrong();
    for (const auto& part : name)
      if (!part.is_string()) return wrong();
    numbers_[{name[0].get<std::string>(), name[1].get<std::string>(), name[2].get<std::string>()}] =
        static_cast<int>(unit);
    units_.emplace_back();
  } else if (index == units_.size()) {
    return wrong();
  } else if (word == "row" && ReadNumber(&rest, &row)) {
    units_[index].rows.insert(row);
  } else if (word == "done") {
    units_[index] = {true, {}};
  } else {
    return wrong();
  }
  return Status::OK();
}

Status RemoteLedger::Write(const std::string& lines) {
  if (only_look_) return Status::OK();
  for (size_t at = 0; at < lines.size();) {
    const ssize_t written = ::write(fd_, lines.data() + at, lines.size() - at);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Status::IOError("cannot write the ledger ", path_, ": ", std::strerror(errno));
    at += static_cast<size_t>(written);
  }
  return Status::OK();
}

arrow::Result<int> RemoteLedger::NumberOf(const Unit& unit) {
  const std::lock_guard lock(mutex_);
  const auto next = static_cast<int>(units_.size());
  const auto [found, is_new] = numbers_.try_emplace({unit.group, unit.file, unit.sha256}, next);
  if (!is_new) return found->second;
  units_.emplace_back();
  const auto name = nlohmann::json::array({unit.group, unit.file, unit.sha256}).dump();
  ARROW_RETURN_NOT_OK(Write("unit " + std::to_string(next) + " " + name + "\n"));
  return next;
}

bool RemoteLedger::IsDone(int unit) const {
  const std::lock_guard lock(mutex_);
  return At(unit).done;
}

bool RemoteLedger::Knows(int unit, int64_t row) const {
  const std::lock_guard lock(mutex_);
  return At(unit).done || At(unit).rows.contains(row);
}

int64_t RemoteLedger::KnownRows(int unit) const {
  const std::lock_guard lock(mutex_);
  return static_cast<int64_t>(At(unit).rows.size());
}

Status RemoteLedger::Settle(const std::vector<Row>& rows) {
  const std::lock_guard lock(mutex_);
  std::string lines;
  for (const Row& row : rows) {
    units_[static_cast<size_t>(row.unit)].rows.insert(row.row);
    lines += "row " + std::to_string(row.unit) + " " + std::to_string(row.row) + "\n";
  }
  return Write(lines);
}

Status RemoteLedger::Complete(int unit) {
  const std::lock_guard lock(mutex_);
  units_[static_cast<size_t>(unit)] = {true, {}};
  return Write("done " + std::to_string(unit) + "\n");
}

Status RemoteLedger::Sync() {
  return fd_ < 0 || ::fsync(fd_) == 0
             ? Status::OK()
             : Status::IOError("cannot write the ledger ", path_, ": ", std::strerror(errno));
}

}  // namespace ndr::feature_store
