// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/remote_ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "ndr/base/exit_code.h"

namespace ndr::feature_store {
namespace {

using arrow::Status;

std::string HeadOf(const std::string& target) {
  return nlohmann::ordered_json({{"ndr_feature_ledger", 1}, {"target", target}}).dump() + "\n";
}

std::string UnitLine(size_t number, const RemoteLedger::UnitName& name) {
  const auto& [group, file, sha256] = name;
  return fmt::format("unit {} {}\n", number, nlohmann::json::array({group, file, sha256}).dump());
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
  std::unique_ptr<RemoteLedger> ledger(new RemoteLedger());
  ARROW_ASSIGN_OR_RAISE(const std::string text, ledger->file_.Open(path, only_look));
  const std::string head = HeadOf(target);
  if (text.empty()) {
    ARROW_RETURN_NOT_OK(ledger->file_.Append(head));
    return ledger;
  }
  if (!text.starts_with(head))
    return base::UsageError(
        fmt::format("the ledger {} is of another store ({}) than {}; name another with --ledger", path,
                    text.substr(0, std::min<size_t>(text.find('\n'), 200)), target));
  for (size_t at = head.size(), end; at < text.size(); at = end + 1) {
    end = text.find('\n', at);
    const std::string_view line = std::string_view(text).substr(at, end - at);
    if (!ledger->Apply(line))
      return base::UsageError(
          fmt::format("the ledger {} has a line that is none of its own: '{}'; name another with --ledger",
                      path, line.substr(0, 100)));
  }
  if (text.size() > kShortensFrom) ARROW_RETURN_NOT_OK(ledger->Shorten(head, text.size()));
  return ledger;
}

bool RemoteLedger::Apply(std::string_view line) {
  const std::string_view word = line.substr(0, line.find(' '));
  std::string_view rest = line.substr(word.size());
  int64_t unit = 0, row = 0;
  if (!ReadNumber(&rest, &unit) || unit < 0 || unit > static_cast<int64_t>(units_.size())) return false;
  const auto index = static_cast<size_t>(unit);
  if (word == "unit" && index == units_.size()) {
    const auto name = nlohmann::json::parse(rest, nullptr, false);
    if (!name.is_array() || name.size() != 3) return false;
    for (const auto& part : name)
      if (!part.is_string()) return false;
    numbers_[{name[0].get<std::string>(), name[1].get<std::string>(), name[2].get<std::string>()}] =
        static_cast<int>(unit);
    units_.emplace_back();
    return true;
  }
  if (index == units_.size()) return false;
  if (word == "done") units_[index] = {true, {}};
  if (word != "row") return word == "done";
  if (!ReadNumber(&rest, &row)) return false;
  units_[index].rows.insert(row);
  return true;
}

// Rows of units that are done say nothing any more.
Status RemoteLedger::Shorten(const std::string& head, size_t now) {
  std::vector<const UnitName*> names(units_.size());
  for (const auto& [name, number] : numbers_) names[static_cast<size_t>(number)] = &name;
  std::string text = head;
  for (size_t unit = 0; unit < units_.size(); ++unit) {
    text += UnitLine(unit, *names[unit]);
    if (units_[unit].done) text += fmt::format("done {}\n", unit);
    for (const int64_t row : units_[unit].rows) text += fmt::format("row {} {}\n", unit, row);
  }
  return text.size() < now / 2 ? file_.Replace(text) : Status::OK();
}

arrow::Result<int> RemoteLedger::NumberOf(const Unit& unit) {
  const std::lock_guard lock(mutex_);
  const size_t next = units_.size();
  const auto [found, is_new] =
      numbers_.try_emplace({unit.group, unit.file, unit.sha256}, static_cast<int>(next));
  if (!is_new) return found->second;
  units_.emplace_back();
  ARROW_RETURN_NOT_OK(file_.Append(UnitLine(next, found->first)));
  return found->second;
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
    lines += fmt::format("row {} {}\n", row.unit, row.row);
  }
  return file_.Append(lines);
}

Status RemoteLedger::Complete(int unit) {
  const std::lock_guard lock(mutex_);
  units_[static_cast<size_t>(unit)] = {true, {}};
  return file_.Append(fmt::format("done {}\n", unit));
}

Status RemoteLedger::Sync() {
  const std::lock_guard lock(mutex_);
  return file_.Sync();
}

}  // namespace ndr::feature_store
