// SPDX-License-Identifier: Apache-2.0
#include "ndr/base/network.h"

#include <algorithm>
#include <numeric>

namespace ndr::base {
namespace {

enum Kind : uint8_t { kUnknown, kNamed, kPrefix4, kPrefix6 };

}  // namespace

arrow::Result<Network> Network::Make(NetworkOptions options) {
  if (options.host_networks.empty())
    return arrow::Status::Invalid(
        "host_networks is empty: no address could be a host; name at least one CIDR");
  if (options.ipv4_prefix_length < 0 || options.ipv4_prefix_length > 32)
    return arrow::Status::Invalid("segments.ipv4_prefix_length: ", options.ipv4_prefix_length,
                                  " is not within 0..32");
  if (options.ipv6_prefix_length < 0 || options.ipv6_prefix_length > 128)
    return arrow::Status::Invalid("segments.ipv6_prefix_length: ", options.ipv6_prefix_length,
                                  " is not within 0..128");
  Network network;
  const auto& mapping = options.mapping;
  network.by_length_.resize(mapping.size());
  std::iota(network.by_length_.begin(), network.by_length_.end(), size_t{0});
  std::stable_sort(network.by_length_.begin(), network.by_length_.end(),
                   [&](size_t a, size_t b) { return mapping[a].cidr.length > mapping[b].cidr.length; });
  for (const NamedCidr& entry : mapping) {
    const auto same = std::find_if(mapping.begin(), mapping.end(),
                                   [&](const NamedCidr& e) { return e.name == entry.name; });
    network.first_of_name_.push_back(static_cast<size_t>(same - mapping.begin()));
  }
  for (const std::string& text : options.high_risk) {
    if (const auto cidr = ParseCidr(text)) network.high_risk_cidrs_.push_back(*cidr);
    network.high_risk_ids_.push_back(text);
  }
  network.options_ = std::move(options);
  return network;
}

bool Network::IsHost(Address a) const {
  return std::any_of(options_.host_networks.begin(), options_.host_networks.end(),
                     [&](const Cidr& cidr) { return cidr.Contains(a); });
}

SegmentKey Network::SegmentOf(Address a) const {
  for (const size_t i : by_length_)
    if (options_.mapping[i].cidr.Contains(a)) return {{0, first_of_name_[i]}, kNamed};
  if (a.IsV4()) return {NetworkOf(a, 96 + options_.ipv4_prefix_length).base, kPrefix4};
  return {NetworkOf(a, options_.ipv6_prefix_length).base, kPrefix6};
}

std::string Network::SegmentId(const SegmentKey& key) const {
  switch (key.kind) {
    case kNamed:
      return options_.mapping[key.base.lo].name;
    case kPrefix4:
      return ToText(Cidr{key.base, 96 + options_.ipv4_prefix_length});
    case kPrefix6:
      return ToText(Cidr{key.base, options_.ipv6_prefix_length});
    default:
      return std::string(kUnknownSegment);
  }
}

bool Network::IsHighRisk(Address a) const {
  if (high_risk_ids_.empty()) return false;
  for (const Cidr& cidr : high_risk_cidrs_)
    if (cidr.Contains(a)) return true;
  const std::string id = SegmentIdOf(a);
  return std::find(high_risk_ids_.begin(), high_risk_ids_.end(), id) != high_risk_ids_.end();
}

}  // namespace ndr::base
