// SPDX-License-Identifier: Apache-2.0
// Pipelines for orchestrators (specification 4, Pipelines). Each text is a function of the pipeline and the
// options alone, to the byte. Dependencies mean what they mean in run.h: a failed step stops those that wait
// for it and no others.
#pragma once

#include <arrow/result.h>

#include <optional>
#include <string>
#include <string_view>

#include "ndr/pipeline/pipelines.h"

namespace ndr::pipeline {

enum class Target : uint8_t { kSageMaker, kStepFunctions, kAirflow };
/// `sagemaker`, `stepfunctions`, `airflow`.
std::optional<Target> ParseTarget(std::string_view text);

/// Where the steps run. What is left empty becomes a parameter of the exported pipeline, set when it starts,
/// as all its parameters are.
struct ExportOptions {
  std::string image_uri;      ///< SageMaker: the container image, whose path has `ndr`
  std::string role_arn;       ///< SageMaker: what the containers may do
  std::string instance_type;  ///< SageMaker: `ml.m5.xlarge`
};

/// For a valid pipeline (validate.h).
///
/// kSageMaker: a pipeline definition of schema version 2020-12-01. A step is a processing job of one
/// instance; parameters ImageUri, RoleArn, InstanceType (where no option names them) and VolumeSizeInGB stand
/// beside the pipeline's own.
///
/// kStepFunctions: a state machine in the Amazon States Language (JSONata). A step is an ECS task that is
/// waited for
/// (`ecs:runTask.sync`), in the container `ndr` of the task definition; Cluster, TaskDefinition, Subnets and
/// SecurityGroups (lists) stand beside the pipeline's parameters in the execution's input, and a first state
/// ends the execution where one of them is missing. Independent branches are a Parallel state, in which a
/// branch that fails lets the others go on; the execution fails once they have ended. A dependency that no
/// nesting of sequences and Parallel states can express exactly (a -> c, a -> d, b -> d) is a usage error
/// that names the steps.
///
/// kAirflow: a DAG file for Airflow 2.4 and later, 3 included. A step is a BashOperator that calls `ndr` on
/// the worker, with values handed over in the environment, not in the text of the command; parameters are the
/// DAG's required params.
arrow::Result<std::string> Export(const Pipeline& pipeline, Target target, const ExportOptions& options = {});

// One for each target.
std::string ExportSageMaker(const Pipeline& pipeline, const ExportOptions& options);
arrow::Result<std::string> ExportStepFunctions(const Pipeline& pipeline);
std::string ExportAirflow(const Pipeline& pipeline);

}  // namespace ndr::pipeline
