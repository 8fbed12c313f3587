// SPDX-License-Identifier: Apache-2.0
// Sends records over many connections at one pace, tries again what a second try may mend, and settles each
// one: accepted, or a dead letter (specification 4, Feature store).
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "ndr/feature_store/dead_letter.h"
#include "ndr/feature_store/latencies.h"
#include "ndr/feature_store/online_store.h"
#include "ndr/feature_store/pace.h"
#include "ndr/feature_store/remote_ledger.h"
#include "ndr/feature_store/sagemaker_client.h"
#include "ndr/feature_store/send_queue.h"

namespace ndr::feature_store {

struct SenderOptions {
  size_t entries_per_request = 0;  ///< 1: PutRecord, else BatchWriteRecord
  int connections = 0;
  double requests_per_second = 0, write_units_per_second = 0;
  aws::Patience patience;  ///< attempts of one record
  /// The signal that asks for an end, 0: none. What is in flight is settled first.
  std::function<int()> stop_signal = {};
};

/// One thread adds. Of an entity one record at a time is out. A record that is out of attempts is a dead
/// letter, but where nothing at all was accepted since its first try, the service is down and all ends.
class RemoteSender {
 public:
  static constexpr size_t kMostWaiting = 20'000;
  /// So many dead letters and nothing accepted: the group is another one than this.
  static constexpr int64_t kHopeless = 1'000;

  /// `outside` gives each connection its own; ledger and letters must outlive the sender.
  RemoteSender(const SenderOptions& options, RemoteLedger* ledger, DeadLetters* letters,
               std::function<aws::Outside()> outside);
  ~RemoteSender();

  /// Waits while kMostWaiting records are not settled. The error that ended the sending, where one did.
  arrow::Status Add(RemoteItem item);
  /// Waits until all are settled.
  arrow::Status Drain();
  /// Adds what was done; after Drain.
  void Report(IngestReport* report) const;

 private:
  using Lock = std::unique_lock<std::mutex>;

  void StartConnections();
  void Run(const aws::Outside& outside);
  bool WaitForWork(Lock* lock, const aws::Outside& outside);
  void Send(Lock* lock, const aws::Outside& outside, SageMakerClient* client, std::vector<RemoteItem> items);
  // Drops the items that are too large from `items`: they are dead letters.
  std::vector<RemoteRecord> Serialise(Lock* lock, std::vector<RemoteItem>* items);
  void Settle(std::vector<RemoteItem> items, const WriteAnswer& answer, const SageMakerClient& client,
              const aws::Outside& outside);
  // True where the item is settled: it was tried often enough.
  bool GiveUp(const RemoteItem& item, const aws::ErrorName& error);
  void Bury(const RemoteItem& item, const aws::ErrorName& error);
  void Settled(const std::vector<RemoteItem>& items);
  void Fail(const arrow::Status& status);
  void EndWhereAsked();

  const SenderOptions options_;
  RemoteLedger* ledger_;
  DeadLetters* letters_;
  std::function<aws::Outside()> outside_;

  std::mutex mutex_;  // of all below
  std::condition_variable work_, room_;
  std::vector<std::thread> connections_;
  SendQueue queue_;
  Pace pace_;
  Latencies latencies_;
  IngestReport report_;
  arrow::Status failure_;
  bool closing_ = false;
  base::Micros began_ = 0, ended_ = 0, last_accepted_ = 0;
};

}  // namespace ndr::feature_store
