// SPDX-License-Identifier: Apache-2.0
// What the data of a family mean, as a hash: it stands in each commit record, and data whose hashes differ
// are not mixed (specification 1, Where a hash differs).
#pragma once

#include <array>
#include <span>
#include <string>

#include "ndr/catalogue/catalogue.h"
#include "ndr/catalogue/families.h"

namespace ndr::catalogue {

using MeaningHashes = std::array<std::string, kFamilies.size()>;

/// By family, a SHA-256 over its revision, its schemas, the words that act on it (measures, units, null
/// rules, resolutions, windows, transforms) and the hashes of what it is made from. Keys whose effect is no
/// word of the catalogue stand in the hash of the configuration, with their defaults. `families`: kFamilies,
/// or these with other revisions.
MeaningHashes HashMeaning(const Catalogue& catalogue, std::span<const Family, kFamilies.size()> families);

}  // namespace ndr::catalogue
