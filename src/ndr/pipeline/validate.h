// SPDX-License-Identifier: Apache-2.0
// What is wrong with a pipeline before anything runs (specification 4, Pipelines).
#pragma once

#include <arrow/status.h>

#include <string>
#include <vector>

#include "ndr/pipeline/commands.h"
#include "ndr/pipeline/pipelines.h"

namespace ndr::pipeline {

/// Every problem, a sentence each, in the pipeline's order; empty: none. Refused are
/// - a name that SageMaker would refuse (1 to 64 of [A-Za-z0-9_-]), and a pipeline without steps;
/// - steps, parameters, and within a step flags or dependencies, that stand twice;
/// - a parameter that no step takes, and one that a step takes and nothing declares;
/// - a dependency on a step that there is not;
/// - steps that wait for each other, named in their order: `a -> b -> a`;
/// - an unused step: in a pipeline of several, one that waits for none and that none waits for. Two things
/// that have
///   nothing to do with each other are two pipelines, so such a step is one whose dependency was forgotten;
/// - arguments that the command's own parser refuses, with a sample value for each parameter.
std::vector<std::string> Problems(const Pipeline& pipeline, const Commands& commands);

/// The same as one usage error, all problems in it.
arrow::Status Validate(const Pipeline& pipeline, const Commands& commands);

}  // namespace ndr::pipeline
