// SPDX-License-Identifier: Apache-2.0
#include "ndr/baselines/machine_names.h"

namespace ndr::baselines {
namespace {

std::string TrimmedLower(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  const size_t from = text.find_first_not_of(kBlanks);
  if (from == std::string_view::npos) return {};
  std::string lower(text.substr(from, text.find_last_not_of(kBlanks) - from + 1));
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

}  // namespace

MachineNames::MachineNames(const std::vector<std::string>& non_persistent_prefixes) {
  for (const std::string& prefix : non_persistent_prefixes)
    if (std::string lower = TrimmedLower(prefix); !lower.empty()) prefixes_.push_back(std::move(lower));
}

void MachineNames::Add(base::Address address, std::string_view name) {
  const auto [it, is_first] = machines_.try_emplace(address);
  Machine& machine = it->second;
  if (is_first || name < machine.name) machine.name = name;
  const std::string lower = TrimmedLower(name);
  for (const std::string& prefix : prefixes_) machine.is_non_persistent |= lower.starts_with(prefix);
}

const MachineNames::Machine* MachineNames::Find(base::Address address) const {
  const auto it = machines_.find(address);
  return it == machines_.end() ? nullptr : &it->second;
}

}  // namespace ndr::baselines
