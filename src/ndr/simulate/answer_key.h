// SPDX-License-Identifier: Apache-2.0
// What a simulation planted, so that a detector's findings can be judged.
#pragma once

#include <arrow/result.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/base/address.h"
#include "ndr/base/time.h"

namespace ndr::simulate {

/// Something out of the ordinary that some hosts did in [from, to).
struct Behaviour {
  std::string
      name;  ///< beacon, exfiltration, horizontal_scan, vertical_scan, lateral_movement; backup_server, ...
  std::string
      kind;  ///< the kind of finding that an attack should become (specification 3); empty for a harmless one
  std::string what;  ///< one sentence for people
  std::vector<base::Address> hosts;
  base::Micros from = 0, to = 0;
  std::vector<base::Address> peers;  ///< at most the first hundred
  std::vector<int> ports;            ///< at most the first hundred
  int64_t sessions = 0;              ///< that it added; 0 where it only changed how much was done
};

struct AnswerKey {
  uint64_t seed = 0;
  int64_t hosts = 0;  ///< of the company, an address of each: IPv4
  base::Micros start = 0, end = 0;
  base::Micros scored_from = 0;  ///< everything planted that is not there from the beginning lies after it
  int64_t sessions = 0;
  std::string format;
  std::vector<Behaviour> planted, harmless;
};

/// One JSON document, indented, with a newline at its end.
std::string ToJson(const AnswerKey& key);
/// Reads what ToJson wrote; an error names the key that is missing or ill-formed.
arrow::Result<AnswerKey> ReadAnswerKey(std::string_view json);

}  // namespace ndr::simulate
