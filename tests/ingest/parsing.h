// SPDX-License-Identifier: Apache-2.0
// Parses small logs for the tests, whole or cut into blocks, and shows sessions as text.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/base/counters.h"
#include "ndr/ingest/parser.h"
#include "ndr/spec/project.h"

namespace ndr::ingest {

/// A file's parts, merged.
struct ParsedFile {
  std::vector<std::string> rows;  ///< ShowRow of each session
  base::Counters counters;
  std::vector<Quarantined> quarantined;

  /// "rule@offset: reason" of each.
  std::vector<std::string> Reasons() const;
};

std::shared_ptr<const spec::Context> ContextOf(spec::Project project = spec::DefaultProject());

/// All columns of a row but byte_offset, by name, without the nulls: `event_start=2024-04-20T12:00:00Z
/// source_ip=10.0.0.1 ...`.
std::string ShowRow(const arrow::RecordBatch& sessions, size_t row);

/// Parses `log` as a file in blocks of at most `block_bytes` (but at least a line); checks that every line is
/// accounted for.
ParsedFile ParseLog(Source source, std::string_view log,
                    const std::shared_ptr<const spec::Context>& context = ContextOf(),
                    size_t block_bytes = 4 << 20);

}  // namespace ndr::ingest
