// SPDX-License-Identifier: Apache-2.0
// Where the keys that sign requests come from: the environment, the shared profile files, the container's
// endpoint, the instance's endpoint; the first that has them.
#pragma once

#include <optional>

#include "ndr/aws/outside.h"
#include "ndr/aws/signature.h"

namespace ndr::aws {

class CredentialsChain {
 public:
  /// `outside` must outlive the chain.
  explicit CredentialsChain(const Outside* outside) : outside_(outside) {}

  /// Those of the last call until five minutes before they expire; where no new ones are to be had, until
  /// they expire. None found is an error that says where they were looked for. A source that is named but
  /// wrong (an access key without its secret, an unknown profile, a container endpoint that does not answer)
  /// is an error of its own.
  arrow::Result<Credentials> Get();
  /// Those of the last call are no longer taken: the next one looks again.
  void Forget() { found_.reset(); }

 private:
  const Outside* outside_;
  std::optional<Credentials> found_;
};

}  // namespace ndr::aws
