// SPDX-License-Identifier: Apache-2.0
// Documents that are generated and kept in docs/.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace ndr {

/// `catalogue.md`, relative to docs.
inline std::string KeptDocument(const std::string& name) {
  const char* root = std::getenv("NDR_SOURCE_DIR");
  std::ifstream file(std::string(root == nullptr ? "." : root) + "/docs/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace ndr
