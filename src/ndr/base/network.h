// SPDX-License-Identifier: Apache-2.0
// Which addresses are hosts, and to which segment an address belongs (specification 1, Terms and Segments).
#pragma once

#include <arrow/result.h>

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/base/address.h"

namespace ndr::base {

inline constexpr std::string_view kUnknownSegment = "SEG_UNKNOWN";

struct NamedCidr {
  std::string name;
  Cidr cidr;
  friend bool operator==(const NamedCidr&, const NamedCidr&) = default;
};

/// The options of specification 4: `host_networks` and `segments`.
struct NetworkOptions {
  /// RFC 1918 and fc00::/7.
  std::vector<Cidr> host_networks = {*ParseCidr("10.0.0.0/8"), *ParseCidr("172.16.0.0/12"),
                                     *ParseCidr("192.168.0.0/16"), *ParseCidr("fc00::/7")};
  std::vector<NamedCidr> mapping;
  int ipv4_prefix_length = 24;
  int ipv6_prefix_length = 64;
  std::vector<std::string> high_risk;  ///< segment ids or CIDRs

  friend bool operator==(const NetworkOptions&, const NetworkOptions&) = default;
};

/// A segment as a number: equal keys are equal segments. A named one is its index in `mapping`; another is
/// its prefix. Their ids differ too, as long as no name is the id of a prefix (spec/check.h).
struct SegmentKey {
  Address base;  ///< of a prefix; for a named segment lo is the index of the first mapping entry of that name
  uint8_t kind = 0;  ///< 0 unknown, 1 named, 2 an IPv4 prefix, 3 an IPv6 prefix

  friend auto operator<=>(const SegmentKey&, const SegmentKey&) = default;
};

/// Answers for addresses. Immutable; safe to share between threads.
class Network {
 public:
  /// Refuses prefix lengths beyond 32 and 128 and an empty `host_networks`, by key.
  static arrow::Result<Network> Make(NetworkOptions options);

  const NetworkOptions& options() const { return options_; }
  bool IsHost(Address a) const;
  /// The segment of `a`: of the named CIDRs the longest prefix that holds it (equal ones: the first), else
  /// the prefix rule.
  SegmentKey SegmentOf(Address a) const;
  /// `10.1.2.0/24`, or the given name.
  std::string SegmentId(const SegmentKey& key) const;
  std::string SegmentIdOf(Address a) const { return SegmentId(SegmentOf(a)); }
  /// The address lies in a high-risk CIDR, or its segment's id is listed.
  bool IsHighRisk(Address a) const;

 private:
  NetworkOptions options_;
  std::vector<size_t> by_length_;      // mapping indices, longest prefix first
  std::vector<size_t> first_of_name_;  // for each mapping entry the first one of the same name
  std::vector<Cidr> high_risk_cidrs_;
  std::vector<std::string> high_risk_ids_;
};

/// A set of service ports.
using PortSet = std::bitset<65536>;

}  // namespace ndr::base
