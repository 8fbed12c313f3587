// SPDX-License-Identifier: Apache-2.0
// Dependencies as nested sequences and parallel branches, which is all that a state machine has.
#pragma once

#include <arrow/result.h>

#include <vector>

#include "ndr/pipeline/pipelines.h"

namespace ndr::pipeline {

/// A step, or parts one after the other, or parts at the same time.
struct Block {
  enum class Shape : uint8_t { kStep, kSequence, kParallel };
  Shape shape = Shape::kStep;
  const Step* step = nullptr;  ///< of kStep
  std::vector<Block> parts;    ///< of the others, two or more
};

/// The pipeline's steps as blocks in which a step comes after another one exactly where it waits for it,
/// directly or through others. Where there are none a usage error names the steps that stand in the way. The
/// order of branches is the pipeline's. Of an acyclic pipeline; cubic in its steps.
arrow::Result<Block> AsSeriesParallel(const Pipeline& pipeline);

}  // namespace ndr::pipeline
