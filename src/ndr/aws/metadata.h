// SPDX-License-Identifier: Apache-2.0
// Credentials of the machine: the endpoint of a container (ECS, EKS) and that of an instance (EC2, IMDSv2).
#pragma once

#include <optional>

#include "ndr/aws/outside.h"
#include "ndr/aws/signature.h"

namespace ndr::aws {

/// nullopt where neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor _FULL_URI is set; where one is, it must
/// answer. The token of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or AWS_CONTAINER_AUTHORIZATION_TOKEN goes with
/// the request, so a full URI must be https or the machine's own (loopback, 169.254.170.2 and .23,
/// [fd00:ec2::23]).
arrow::Result<std::optional<Credentials>> FromContainer(const Outside& outside);

/// Asks AWS_EC2_METADATA_SERVICE_ENDPOINT, else 169.254.169.254, for a second; the error says why there are
/// none, a true AWS_EC2_METADATA_DISABLED included.
arrow::Result<Credentials> FromInstance(const Outside& outside);

}  // namespace ndr::aws
