// SPDX-License-Identifier: Apache-2.0
// What lies outside a client of AWS: environment, clock, chance and network. Tests put their own in its
// place.
#pragma once

#include <functional>
#include <string>

#include "ndr/aws/http.h"

namespace ndr::aws {

struct Outside {
  std::function<std::string(const std::string& name)> variable;  ///< of the environment; empty where not set
  std::function<base::Micros()> now;
  std::function<void(base::Micros)> sleep;
  std::function<double()> random;  ///< within [0, 1)
  std::function<arrow::Result<Response>(const Request&)> exchange;
};

/// The process's own; AWS_CA_BUNDLE names a file of certificates.
Outside RealOutside();

}  // namespace ndr::aws
