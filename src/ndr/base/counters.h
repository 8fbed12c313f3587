// SPDX-License-Identifier: Apache-2.0
// What a run counted, by name: commit records and the run report show them (specification 1, data-quality
// rules).
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace ndr::base {

/// Counters in order of their names. Adding those of parts in any order gives those of the whole.
class Counters {
 public:
  void Add(const std::string& name, int64_t n) { values_[name] += n; }
  void Add(const Counters& other) {
    for (const auto& [name, n] : other.values_) values_[name] += n;
  }
  int64_t Get(const std::string& name) const {
    const auto it = values_.find(name);
    return it == values_.end() ? 0 : it->second;
  }
  const std::map<std::string, int64_t>& values() const { return values_; }

 private:
  std::map<std::string, int64_t> values_;
};

}  // namespace ndr::base
