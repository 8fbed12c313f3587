// SPDX-License-Identifier: Apache-2.0
// What pipelines' steps are run with: this program's own verbs.
#pragma once

#include "ndr/pipeline/commands.h"

namespace ndr::app {

class OwnCommands : public pipeline::Commands {
 public:
  arrow::Status Parse(const pipeline::Arguments& arguments) const override;
  arrow::Status Execute(const pipeline::Arguments& arguments) const override;
};

}  // namespace ndr::app
