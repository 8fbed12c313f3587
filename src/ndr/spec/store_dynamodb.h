// SPDX-License-Identifier: Apache-2.0
// Job specs in a DynamoDB table: partition `project_name`, sort `<job>#<version>`, the body in `spec`, a map
// or a text of JSON; it is written as a map, which has no order: members come back sorted by name.
#pragma once

#include "ndr/aws/outside.h"
#include "ndr/spec/store.h"

namespace ndr::spec {

/// Connects with the first request. A usage error: names that no table or attribute can have.
arrow::Result<std::unique_ptr<SpecStore>> OpenDynamoDbStore(const std::string& table,
                                                            const std::string& sort_attribute,
                                                            aws::Outside outside);

}  // namespace ndr::spec
