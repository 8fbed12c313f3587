// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/remote_sender.h"

#include <fmt/format.h>

#include <algorithm>

#include "ndr/base/exit_code.h"

namespace ndr::feature_store {
namespace {

using arrow::Status;

// How long a connection that waits for a later try does not look for new work.
constexpr base::Micros kNap = 10'000;

}  // namespace

RemoteSender::RemoteSender(const SenderOptions& options, RemoteLedger* ledger, DeadLetters* letters,
                           std::function<aws::Outside()> outside)
    : options_(options),
      ledger_(ledger),
      letters_(letters),
      outside_(std::move(outside)),
      pace_(options.requests_per_second, options.write_units_per_second) {}

RemoteSender::~RemoteSender() {
  {
    const Lock lock(mutex_);
    if (!closing_) Fail(Status::Cancelled("the ingestion was left"));
  }
  for (std::thread& connection : connections_)
    if (connection.joinable()) connection.join();
}

Status RemoteSender::Add(RemoteItem item) {
  Lock lock(mutex_);
  EndWhereAsked();
  ++report_.attempted;
  queue_.Add(std::move(item));
  // With work for all of them, so that the first requests are full too.
  const size_t enough = options_.entries_per_request * static_cast<size_t>(options_.connections);
  if (connections_.empty() && queue_.size() > enough) StartConnections();
  work_.notify_one();
  room_.wait(lock, [this] { return queue_.size() < kMostWaiting || !failure_.ok(); });
  return failure_;
}

void RemoteSender::StartConnections() {
  for (int i = 0; i < options_.connections; ++i)
    connections_.emplace_back([this, outside = outside_()] { Run(outside); });
}

Status RemoteSender::Drain() {
  {
    const Lock lock(mutex_);
    closing_ = true;
    if (connections_.empty() && queue_.size() > 0) StartConnections();
  }
  work_.notify_all();
  for (std::thread& connection : connections_) connection.join();
  connections_.clear();
  for (const Status& written : {letters_->Sync(), ledger_->Sync()})
    if (failure_.ok()) failure_ = written;
  return failure_;
}

void RemoteSender::Report(IngestReport* report) const {
  const int64_t known = report->known, superseded = report->superseded;
  *report = report_;
  report->known = known;
  report->superseded = superseded;
  report->p50_millis = latencies_.Millis(0.5);
  report->p99_millis = latencies_.Millis(0.99);
  report->seconds = static_cast<double>(ended_ - began_) / 1e6;
}

void RemoteSender::Run(const aws::Outside& outside) {
  SageMakerClient client(outside);
  Lock lock(mutex_);
  if (began_ == 0) began_ = ended_ = outside.now();
  while (WaitForWork(&lock, outside))
    Send(&lock, outside, &client, queue_.Take(options_.entries_per_request, outside.now()));
}

bool RemoteSender::WaitForWork(Lock* lock, const aws::Outside& outside) {
  for (EndWhereAsked(); failure_.ok() && !(closing_ && queue_.size() == 0); EndWhereAsked()) {
    if (queue_.HasReady()) return true;
    const auto due = queue_.NextDue();
    const base::Micros now = outside.now();
    if (due && *due <= now) return true;
    if (!due) {
      work_.wait(*lock);
      continue;
    }
    lock->unlock();
    outside.sleep(std::min(*due - now, kNap));
    lock->lock();
  }
  return false;
}

std::vector<RemoteRecord> RemoteSender::Serialise(Lock* lock, std::vector<RemoteItem>* items) {
  std::vector<RemoteRecord> records;
  std::vector<RemoteItem> fitting, too_large;
  std::vector<std::string> reasons;
  lock->unlock();
  for (RemoteItem& item : *items) {
    arrow::Result<RemoteRecord> record = MakeRemoteRecord(*item.group, *item.records, item.row);
    if (record.ok()) {
      records.push_back(*std::move(record));
      fitting.push_back(std::move(item));
    } else {
      reasons.push_back(record.status().message());
      too_large.push_back(std::move(item));
    }
  }
  lock->lock();
  for (size_t i = 0; i < too_large.size(); ++i) Bury(too_large[i], {"TooLarge", reasons[i]});
  Settled(too_large);
  *items = std::move(fitting);
  return records;
}

void RemoteSender::Send(Lock* lock, const aws::Outside& outside, SageMakerClient* client,
                        std::vector<RemoteItem> items) {
  const std::vector<RemoteRecord> records = Serialise(lock, &items);
  if (items.empty()) return;
  std::vector<RemoteEntry> entries;
  double units = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    entries.push_back({items[i].group->name, items[i].records->entity_id(items[i].row), &records[i]});
    units += records[i].write_units();
  }
  while (const base::Micros wait = failure_.ok() ? pace_.Wait(outside.now()) : 0) {
    lock->unlock();
    outside.sleep(wait);
    lock->lock();
  }
  if (!failure_.ok()) return;
  pace_.Take(units);
  ++report_.requests;
  const base::Micros sent = outside.now();
  for (RemoteItem& item : items)
    if (item.attempts++ == 0) item.first_try = sent;

  lock->unlock();
  const auto answer = client->Write(entries, options_.entries_per_request > 1);
  const base::Micros answered = outside.now();
  lock->lock();

  ended_ = std::max(ended_, answered);
  latencies_.Add(answered - sent);
  if (!answer.ok() && !answer.status().IsIOError()) return Fail(answer.status());
  if (!answer.ok()) {
    ++report_.lost;  // but for those that libcurl sent once more by itself, on a connection that was kept
    const EntryAnswer lost{Verdict::kAgain, {"NoAnswer", answer.status().message()}};
    return Settle(std::move(items), {std::vector<EntryAnswer>(entries.size(), lost), false}, *client,
                  outside);
  }
  const bool throttled =
      std::any_of(answer->entries.begin(), answer->entries.end(),
                  [](const EntryAnswer& entry) { return entry.verdict == Verdict::kThrottled; });
  report_.throttled += throttled ? 1 : 0;
  pace_.Answered(throttled, units, answered);
  Settle(std::move(items), *answer, *client, outside);
}

void RemoteSender::Settle(std::vector<RemoteItem> items, const WriteAnswer& answer,
                          const SageMakerClient& client, const aws::Outside& outside) {
  const base::Micros now = outside.now();
  const double random = outside.random();  // one for the request: its entries stay together
  std::vector<RemoteItem> settled;
  for (size_t i = 0; i < items.size(); ++i) {
    RemoteItem& item = items[i];
    const auto& [verdict, error] = answer.entries[i];
    if (verdict == Verdict::kStop) {
      const char* operation = options_.entries_per_request > 1 ? "BatchWriteRecord" : "PutRecord";
      Fail(StopStatus(operation, item.group->name, client.client(), error));
    } else if (verdict == Verdict::kAccepted) {
      ++report_.accepted;
      last_accepted_ = now;
      settled.push_back(std::move(item));
    } else if (verdict == Verdict::kRejected && answer.refused_whole) {
      item.alone = true;
      ++report_.retried;
      queue_.Again(std::move(item), now);
    } else if (verdict == Verdict::kRejected) {
      Bury(item, error);
      settled.push_back(std::move(item));
    } else if (GiveUp(item, error)) {
      settled.push_back(std::move(item));
    } else {
      ++report_.retried;
      const base::Micros wait = aws::WaitAfter(options_.patience, item.attempts, random);
      queue_.Again(std::move(item), now + wait);
    }
  }
  Settled(settled);
}

bool RemoteSender::GiveUp(const RemoteItem& item, const aws::ErrorName& error) {
  if (item.attempts < options_.patience.attempts) return false;
  const std::string said = fmt::format("{}{}{}, after {} attempts", error.name,
                                       error.message.empty() ? "" : ": ", error.message, item.attempts);
  if (last_accepted_ < item.first_try)
    Fail(Status::IOError("SageMaker accepts nothing any more: ", said,
                         "; the ledger has what was settled: the same command goes on from there"));
  else
    Bury(item, {error.name, said});
  return failure_.ok();
}

void RemoteSender::Bury(const RemoteItem& item, const aws::ErrorName& error) {
  const Status written = letters_->Add(*item.group, *item.records, item.row, error.name, error.message);
  if (!written.ok()) return Fail(written);
  if (++report_.dead_lettered >= kHopeless && report_.accepted == 0)
    Fail(Status::IOError("the first ", report_.dead_lettered, " records were all refused, the last one with ",
                         error.name, ": ", error.message, "; see ", letters_->path()));
}

void RemoteSender::Settled(const std::vector<RemoteItem>& items) {
  std::vector<RemoteLedger::Row> rows;
  for (const RemoteItem& item : items) rows.push_back({item.unit, item.file_row});
  const Status written = ledger_->Settle(rows);
  if (!written.ok()) return Fail(written);
  for (const RemoteItem& item : items) queue_.Done(item);
  work_.notify_all();
  room_.notify_all();
}

void RemoteSender::EndWhereAsked() {
  const int signal = options_.stop_signal && failure_.ok() ? options_.stop_signal() : 0;
  if (signal != 0)
    Fail(base::Stopped(signal,
                       "stopped; the ledger has what was settled: the same command goes on from there"));
}

void RemoteSender::Fail(const Status& status) {
  if (failure_.ok()) failure_ = status;
  work_.notify_all();
  room_.notify_all();
}

}  // namespace ndr::feature_store
