// SPDX-License-Identifier: Apache-2.0
// DynamoDB's numbers, decimals of up to 38 digits, and JSON's: converted without loss or not at all
// (specification 4, Job specs).
#pragma once

#include <string>
#include <string_view>

#include "ndr/spec/json_object.h"

namespace ndr::spec {

/// Whole numbers that fit become int64 or uint64, whatever their form (`100`, `1E+2`, `100.00`). Any other
/// decimal becomes the nearest double, if that double's shortest text is the same decimal: any decimal of up
/// to 15 digits, and whatever a double was written as. Invalid: one with more digits than a double keeps, and
/// what is no decimal.
arrow::Result<Json> JsonOfDecimal(std::string_view decimal);
/// The shortest decimal of a number. Invalid: a magnitude outside DynamoDB's 1E-130 to 9.9E+125.
arrow::Result<std::string> DecimalOfJson(const Json& number);

}  // namespace ndr::spec
