// SPDX-License-Identifier: Apache-2.0
// Findings as text: a table for people, JSON lines and CSV for programs (specification 4, ndr findings).
#pragma once

#include <string>
#include <vector>

#include "ndr/findings/findings.h"

namespace ndr::findings {

struct TableOptions {
  int width = 100;        ///< columns of the terminal; reasons wrap at it
  bool colour = false;    ///< severities in colour, with the terminal's control sequences
  size_t limit = 0;       ///< findings shown; 0: all. What is left out is counted below the table
  bool silenced = false;  ///< show those too; otherwise they are only counted
};

/// Rank, host (segment), when, score, severity, kind; below each its reasons in words, strongest first, and
/// how often it came.
std::string Table(const std::vector<Finding>& findings, const spec::Context& context,
                  const TableOptions& options);
/// One object a line; keys do not change between releases of one feature_spec_version.
std::string JsonLines(const std::vector<Finding>& findings, const spec::Context& context);
/// A header, then one finding a line (RFC 4180; reasons in words, joined by `; `). A text that a spreadsheet
/// would take for a formula is quoted with an apostrophe.
std::string Csv(const std::vector<Finding>& findings, const spec::Context& context);

}  // namespace ndr::findings
