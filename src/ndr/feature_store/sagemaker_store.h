// SPDX-License-Identifier: Apache-2.0
// SageMaker's online feature store as an OnlineStore (specification 4, Feature store).
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "ndr/feature_store/forecast.h"
#include "ndr/feature_store/remote_sender.h"

namespace ndr::feature_store {

struct SageMakerOptions {
  std::string ledger, dead_letters;  ///< files; made where there are none
  std::string account;               ///< whose store it is, for the ledger
  // What spec::FeatureGroups has (SageMakerOptionsOf): 0 is refused, but as a ratio.
  int entries_per_request = 0;  ///< 1: PutRecord, else BatchWriteRecord
  int connections = 0;
  double requests_per_second = 0, write_units_per_second = 0;
  double max_dead_letter_ratio = 0;  ///< of the records that were sent
  /// Of an entity only the newest record of the run, which is what an online store keeps. Otherwise all of
  /// them, the older first.
  bool newest_only = true;
  bool dry_run = false;                   ///< nothing is sent or written; forecast() says what would be
  std::function<int()> stop_signal = {};  ///< see SenderOptions
};

/// A record costs a request's share and a write unit a kilobyte, so the ledger has each one. Where only the
/// newest go, sending begins with Finish.
class SageMakerStore : public OnlineStore {
 public:
  /// `outside` gives each connection its own. Usage error: an option out of its range, a ledger that cannot
  /// be used. Invalid: no region.
  static arrow::Result<std::unique_ptr<SageMakerStore>> Open(const SageMakerOptions& options,
                                                             std::function<aws::Outside()> outside);

  arrow::Result<bool> IsDone(const Unit& unit, int64_t rows) override;
  arrow::Status Put(const Group& group, const Unit& unit, int64_t first_row,
                    std::shared_ptr<const Records> records) override;
  arrow::Status Complete(const Unit& unit, int64_t rows) override;
  arrow::Status Finish(IngestReport* report) override;

  /// After Finish.
  const Forecast& forecast() const { return forecast_; }

 private:
  struct Newest {
    RemoteItem item;
    bool known = false;  // to the ledger
  };

  explicit SageMakerStore(const SageMakerOptions& options)
      : options_(options), letters_(options.dead_letters) {}
  arrow::Status Take(RemoteItem item, bool known);
  arrow::Status SendOrCount(RemoteItem item);
  arrow::Status CompleteUnits(bool all);

  const SageMakerOptions options_;
  DeadLetters letters_;
  std::unique_ptr<RemoteLedger> ledger_;
  std::unique_ptr<RemoteSender> sender_;
  std::unordered_map<std::string, std::shared_ptr<const Group>> groups_;
  std::unordered_map<std::string, Newest> newest_;  // by entity
  std::unordered_map<int, int64_t> complete_;       // rows of units that the ledger does not have as done
  int64_t known_ = 0, superseded_ = 0, counted_ = 0, too_large_ = 0;
  double write_units_ = 0;
  Forecast forecast_;
};

/// Identifiers in a group's online store, page by page.
arrow::Result<int64_t> CountRemote(const std::string& group, aws::Outside outside);

}  // namespace ndr::feature_store
