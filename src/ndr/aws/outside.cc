// SPDX-License-Identifier: Apache-2.0
#include "ndr/aws/outside.h"

#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>

namespace ndr::aws {
namespace {

std::string Variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

}  // namespace

Outside RealOutside() {
  Outside outside;
  outside.variable = &Variable;
  outside.now = [] {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
  };
  outside.sleep = [](base::Micros micros) { std::this_thread::sleep_for(std::chrono::microseconds(micros)); };
  outside.random = [generator = std::mt19937_64(std::random_device{}())]() mutable {
    return std::uniform_real_distribution<double>(0, 1)(generator);
  };
  outside.exchange = [http = std::make_shared<Http>(), bundle = Variable("AWS_CA_BUNDLE")](
                         const Request& request) { return http->Exchange(request, bundle); };
  return outside;
}

}  // namespace ndr::aws
