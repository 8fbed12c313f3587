// SPDX-License-Identifier: Apache-2.0
// The IP to machine mapping as ip_metadata uses it (specification 3, ip_metadata).
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/base/address.h"
#include "ndr/base/hash.h"

namespace ndr::baselines {

/// Filled line by line in any order, then read by any number of threads.
class MachineNames {
 public:
  struct Machine {
    std::string name;                ///< of several the first by text
    bool is_non_persistent = false;  ///< any of its names starts with a prefix
  };

  MachineNames() = default;
  /// Prefixes compare trimmed and without case (ASCII); blank ones match nothing.
  explicit MachineNames(const std::vector<std::string>& non_persistent_prefixes);

  void Add(base::Address address, std::string_view name);
  /// nullptr: unmapped.
  const Machine* Find(base::Address address) const;
  size_t size() const { return machines_.size(); }

 private:
  std::vector<std::string> prefixes_;
  boost::unordered_flat_map<base::Address, Machine, base::AddressHash> machines_;
};

}  // namespace ndr::baselines
