// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/sagemaker_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "ndr/base/exit_code.h"

namespace ndr::feature_store {
namespace {

using arrow::Status;

// Throttling is the rule, not the exception, when a whole store is filled.
constexpr int kAttempts = 20;

Status CheckOptions(const SageMakerOptions& options) {
  const auto within = [](const char* key, double value, double low, double high) {
    if (value >= low && value <= high) return Status::OK();
    return base::UsageError(
        fmt::format("feature_groups.online.{} is {}, and must be {} to {}", key, value, low, high));
  };
  ARROW_RETURN_NOT_OK(within("entries_per_request", options.entries_per_request, 1, kMaxEntries));
  ARROW_RETURN_NOT_OK(within("concurrency", options.connections, 1, 256));
  ARROW_RETURN_NOT_OK(within("requests_per_second", options.requests_per_second, 0.01, 1e5));
  ARROW_RETURN_NOT_OK(within("write_units_per_second", options.write_units_per_second, 0.01, 1e6));
  return within("max_dead_letter_ratio", options.max_dead_letter_ratio, 0, 1);
}

Status CheckGroup(const Group& group) {
  if (group.features.size() + kOwnColumns <= kMaxFeatures) return Status::OK();
  return base::UsageError(fmt::format("feature group {} has {} features, and SageMaker takes {}", group.name,
                                      group.features.size() + kOwnColumns, kMaxFeatures));
}

}  // namespace

arrow::Result<std::unique_ptr<SageMakerStore>> SageMakerStore::Open(const SageMakerOptions& options,
                                                                    std::function<aws::Outside()> outside) {
  ARROW_RETURN_NOT_OK(CheckOptions(options));
  if (options.ledger.empty() || options.dead_letters.empty())
    return base::UsageError(
        "the root is no folder: name files for the ledger and the dead letters with --ledger and "
        "--dead-letters of `ndr features ingest`");
  std::unique_ptr<SageMakerStore> store(new SageMakerStore(options));
  const aws::Outside first = outside();
  std::string endpoint;
  std::error_code unreadable;
  // A forecast without a ledger asks nobody, so it needs to know no region either.
  if (!options.dry_run || std::filesystem::exists(options.ledger, unreadable)) {
    ARROW_ASSIGN_OR_RAISE(endpoint, SageMakerClient(first).Endpoint());
  }
  ARROW_ASSIGN_OR_RAISE(
      store->ledger_,
      RemoteLedger::Open(options.ledger, endpoint + " account " + options.account, options.dry_run));
  SenderOptions sender{static_cast<size_t>(options.entries_per_request),
                       options.connections,
                       options.requests_per_second,
                       options.write_units_per_second,
                       {},
                       options.stop_signal};
  ARROW_ASSIGN_OR_RAISE(sender.patience, aws::PatienceOf(first));
  if (first.variable("AWS_MAX_ATTEMPTS").empty()) sender.patience.attempts = kAttempts;
  store->sender_ =
      std::make_unique<RemoteSender>(sender, store->ledger_.get(), &store->letters_, std::move(outside));
  return store;
}

arrow::Result<bool> SageMakerStore::IsDone(const Unit& unit, int64_t rows) {
  ARROW_ASSIGN_OR_RAISE(const int number, ledger_->NumberOf(unit));
  const bool done = ledger_->IsDone(number);
  if (done) known_ += rows;
  return done;
}

Status SageMakerStore::Put(const Group& group, const Unit& unit, int64_t first_row,
                           std::shared_ptr<const Records> records) {
  auto& shared = groups_[group.name];
  if (shared == nullptr) {
    ARROW_RETURN_NOT_OK(CheckGroup(group));
    shared = std::make_shared<const Group>(group);
  }
  ARROW_ASSIGN_OR_RAISE(const int number, ledger_->NumberOf(unit));
  for (size_t row = 0; row < records->rows(); ++row) {
    RemoteItem item;
    item.group = shared;
    item.records = records;
    item.row = row;
    item.unit = number;
    item.file_row = first_row + static_cast<int64_t>(row);
    item.entity = fmt::format("{}\n{}", group.name, records->entity_id(row));
    item.event_time = records->event_time(row);
    const bool known = ledger_->Knows(number, item.file_row);
    known_ += known ? 1 : 0;
    ARROW_RETURN_NOT_OK(Take(std::move(item), known));
  }
  return Status::OK();
}

Status SageMakerStore::Take(RemoteItem item, bool known) {
  if (!options_.newest_only) return known ? Status::OK() : SendOrCount(std::move(item));
  const auto [found, is_first] = newest_.try_emplace(item.entity);
  Newest& newest = found->second;
  // One that an earlier run settled still stands before older ones.
  const bool replaces = is_first || item.event_time > newest.item.event_time;
  if (!is_first) superseded_ += (replaces ? newest.known : known) ? 0 : 1;
  if (replaces) newest = {std::move(item), known};
  return Status::OK();
}

Status SageMakerStore::SendOrCount(RemoteItem item) {
  if (!options_.dry_run) return sender_->Add(std::move(item));
  ++counted_;
  const auto record = MakeRemoteRecord(*item.group, *item.records, item.row);
  if (record.ok())
    write_units_ += record->write_units();
  else
    ++too_large_;
  return Status::OK();
}

Status SageMakerStore::Complete(const Unit& unit, int64_t rows) {
  ARROW_ASSIGN_OR_RAISE(const int number, ledger_->NumberOf(unit));
  complete_[number] = rows;
  return options_.newest_only ? Status::OK() : CompleteUnits(false);
}

// `all`: what is not in the ledger row by row was superseded.
Status SageMakerStore::CompleteUnits(bool all) {
  for (auto unit = complete_.begin(); unit != complete_.end();) {
    const bool done = all || ledger_->KnownRows(unit->first) == unit->second;
    if (done) ARROW_RETURN_NOT_OK(ledger_->Complete(unit->first));
    unit = done ? complete_.erase(unit) : std::next(unit);
  }
  return Status::OK();
}

Status SageMakerStore::Finish(IngestReport* report) {
  std::vector<RemoteItem> items;
  for (auto& [entity, newest] : newest_)
    if (!newest.known) items.push_back(std::move(newest.item));
  newest_.clear();
  std::sort(items.begin(), items.end(), [](const RemoteItem& a, const RemoteItem& b) {
    return std::tie(a.event_time, a.entity) < std::tie(b.event_time, b.entity);
  });
  Status status;
  for (RemoteItem& item : items)
    if (status.ok()) status = SendOrCount(std::move(item));
  forecast_ = MakeForecast(counted_, too_large_, write_units_, options_.entries_per_request,
                           options_.requests_per_second, options_.write_units_per_second);
  const Status drained = sender_->Drain();
  if (status.ok()) status = drained;
  report->known = known_;
  report->superseded = superseded_;
  sender_->Report(report);
  if (status.ok()) status = CompleteUnits(options_.newest_only);
  if (status.ok()) status = ledger_->Sync();
  const double ratio = static_cast<double>(report->dead_lettered) /
                       static_cast<double>(std::max<int64_t>(1, report->attempted));
  if (!status.ok() || ratio <= options_.max_dead_letter_ratio) return status;
  return Status::IOError(
      fmt::format("{} of {} records were refused, more than the ratio {} of "
                  "feature_groups.online.max_dead_letter_ratio; {} has them with their reasons",
                  report->dead_lettered, report->attempted, options_.max_dead_letter_ratio, letters_.path()));
}

arrow::Result<int64_t> CountRemote(const std::string& group, aws::Outside outside) {
  SageMakerClient client(std::move(outside));
  int64_t count = 0;
  for (std::string token;;) {
    ARROW_ASSIGN_OR_RAISE(const ListPage page, client.List(group, token));
    count += static_cast<int64_t>(page.ids.size());
    if (page.next_token.empty()) return count;
    if (page.next_token == token)
      return Status::IOError("ListRecords of feature group ", group, " gives the same page again and again");
    token = page.next_token;
  }
}

}  // namespace ndr::feature_store
