// SPDX-License-Identifier: Apache-2.0
// A key's form, default and datasets as people read them.
#pragma once

#include <string>
#include <string_view>

#include "ndr/spec/description.h"

namespace ndr::spec {

/// `a number, 0 to 1`
std::string FormInWords(const Key& key);
/// Canonical JSON; empty: it has none.
std::string DefaultOf(const Key& key);
/// The families on which a key acts, the first first; empty: none.
std::string_view ActsOn(Acts acts);
/// The members of a list's elements, by name, of the list's schema; null: it has no objects.
const Json* ElementsOf(const Json& schema);

}  // namespace ndr::spec
