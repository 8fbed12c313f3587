// SPDX-License-Identifier: Apache-2.0
// Requests to SageMaker's feature store runtime over one connection (specification 4, Feature store).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ndr/aws/client.h"
#include "ndr/feature_store/remote_answer.h"
#include "ndr/feature_store/remote_record.h"

namespace ndr::feature_store {

inline constexpr size_t kMaxEntries = 25;  ///< of BatchWriteRecord
inline constexpr size_t kMaxListed = 100;  ///< of ListRecords

/// What stands behind the views must outlive the call.
struct RemoteEntry {
  std::string_view group, id;
  const RemoteRecord* record = nullptr;
};

/// Of a write: an answer for each entry, in their order.
struct WriteAnswer {
  std::vector<EntryAnswer> entries;
  /// The request was refused as a whole, so that nobody knows which of its entries is at fault.
  bool refused_whole = false;
};

struct ListPage {
  std::vector<std::string> ids;
  std::string next_token;  ///< empty on the last page
};

/// One thread at a time.
class SageMakerClient {
 public:
  /// Each write is sent once: the sender of the records tries again, since it also slows down.
  explicit SageMakerClient(aws::Outside outside);

  /// 1 to kMaxEntries entries, each of another identifier, to the online stores of their groups. One entry
  /// goes by PutRecord where `batch` is false. IOError: no answer, which may differ the next time. Invalid:
  /// credentials, region or endpoint.
  arrow::Result<WriteAnswer> Write(const std::vector<RemoteEntry>& entries, bool batch);
  /// Identifiers of the group's online store from a page on; tried again as aws::Client does. IOError: see
  /// StopStatus.
  arrow::Result<ListPage> List(const std::string& group, const std::string& token);

  /// Before the first request too. Invalid: no region, or an endpoint that is no URL.
  arrow::Result<std::string> Endpoint();
  const aws::Client& client() const { return client_; }

 private:
  aws::Client client_;
};

}  // namespace ndr::feature_store
