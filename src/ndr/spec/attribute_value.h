// SPDX-License-Identifier: Apache-2.0
// A document as DynamoDB keeps it: `{"M": {"days": {"N": "30"}}}`. Its maps have no order.
#pragma once

#include "ndr/spec/json_object.h"

namespace ndr::spec {

/// Invalid names the path of a number that DynamoDB cannot keep.
arrow::Result<Json> ToAttribute(const Json& json, const std::string& path);
/// Members come sorted by name. Invalid names the path of what is no JSON: a set, bytes, a number of too many
/// digits.
arrow::Result<Json> FromAttribute(const Json& attribute, const std::string& path);
/// `a map`, `text`, `a set of texts`; empty where it is no attribute value.
std::string AttributeType(const Json& attribute);

}  // namespace ndr::spec
