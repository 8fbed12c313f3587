// SPDX-License-Identifier: Apache-2.0
// A pipeline as a JSON document, so that people can keep their own beside those of pipelines.h:
//
//   {"name": "nightly", "meaning": "...",
//    "parameters": [{"name": "Root", "kind": "root", "meaning": "..."}],
//    "steps": [{"name": "fg_b", "command": "fg-b", "meaning": "...", "after": [],
//               "arguments": [{"flag": "--root", "parameter": "Root"}, {"flag": "--mode", "value":
//               "REGULAR"}]}]}
#pragma once

#include <arrow/result.h>

#include <string>
#include <string_view>

#include "ndr/pipeline/pipelines.h"

namespace ndr::pipeline {

/// Two spaces a level, ends with a newline; PipelineFromJson reads it back.
std::string ToJson(const Pipeline& pipeline);
/// `kind`, `meaning` and `after` may be left out. A usage error names the document, the path of the key and
/// what is right. What the document means is validate.h's business.
arrow::Result<Pipeline> PipelineFromJson(std::string_view json, std::string_view origin);

}  // namespace ndr::pipeline
