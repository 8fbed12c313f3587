// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "verbs.h"

namespace ndr::app {
void AddCatalogue(CLI::App*, Action*) {}
}  // namespace ndr::app
