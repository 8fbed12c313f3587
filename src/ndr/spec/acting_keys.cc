// SPDX-License-Identifier: Apache-2.0
// Which keys act on which dataset (specification 1, where a hash differs): as the description says. A
// dataset's keys include those of what it was made from.
#include "ndr/base/hash.h"
#include "ndr/spec/describe.h"

namespace ndr::spec {
namespace {

// The last of the keys that act on a family.
Acts LastOf(std::string_view family) {
  if (family == "delta" || family == "pair_counts" || family == "lookback") return Acts::kDelta;
  if (family == "fg_b") return Acts::kFgB;
  if (family == "fg_c") return Acts::kFgC;
  return Acts::kFgA;
}

}  // namespace

std::map<std::string, std::string> ActingKeys(const Project& project, std::string_view dataset) {
  const Acts last = LastOf(dataset.substr(0, dataset.find('/')));
  Project bound = project;
  Keys keys;
  DescribeKeys(&bound, &keys);
  std::map<std::string, std::string> acting;
  for (const Key* key : keys.Leaves())
    if (key->acts <= last) acting[key->path] = OneLine(key->write());
  return acting;
}

std::string ConfigurationHash(const Project& project, std::string_view dataset) {
  base::Sha256 hash;
  for (const auto& [key, value] : ActingKeys(project, dataset)) hash.Update(key + " = " + value + "\n");
  return hash.Hex();
}

}  // namespace ndr::spec
