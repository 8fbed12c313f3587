// SPDX-License-Identifier: Apache-2.0
// What an answer of SageMaker's runtime means for the entries of its request, by the name of the error
// (specification 4, Feature store).
#pragma once

#include <arrow/status.h>

#include <string>
#include <string_view>
#include <vector>

#include "ndr/aws/client.h"

namespace ndr::feature_store {

enum class Verdict {
  kAccepted,
  kThrottled,  ///< again, and slower
  kAgain,      ///< failed, lost or not processed: again
  kRejected,   ///< the entry is at fault: never again
  kStop,       ///< every other entry would fare the same: access, keys, no such group
};

/// ThrottlingException is a 400, so the name stands before the status. An error without a name goes by the
/// status alone.
Verdict VerdictOf(int status, std::string_view error_name);

struct EntryAnswer {
  Verdict verdict = Verdict::kAccepted;
  aws::ErrorName error;
};

/// Names what is missing: the permissions (BatchWriteRecord needs sagemaker:PutRecord too), the group, or
/// good keys.
arrow::Status StopStatus(std::string_view operation, std::string_view group, const aws::Client& client,
                         const aws::ErrorName& error);

}  // namespace ndr::feature_store
