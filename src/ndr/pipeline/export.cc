// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/export.h"

namespace ndr::pipeline {

std::optional<Target> ParseTarget(std::string_view text) {
  if (text == "sagemaker") return Target::kSageMaker;
  if (text == "stepfunctions") return Target::kStepFunctions;
  if (text == "airflow") return Target::kAirflow;
  return std::nullopt;
}

arrow::Result<std::string> Export(const Pipeline& pipeline, Target target, const ExportOptions& options) {
  if (target == Target::kSageMaker) return ExportSageMaker(pipeline, options);
  if (target == Target::kStepFunctions) return ExportStepFunctions(pipeline);
  return ExportAirflow(pipeline);
}

}  // namespace ndr::pipeline
