// SPDX-License-Identifier: Apache-2.0
// Log bytes to batches of canonical sessions (specifications 1 and 5). One file is parsed in two halves, so
// that its blocks parse in parallel with the same result as in sequence:
//
//   ARROW_ASSIGN_OR_RAISE(auto parser, Parser::Make(context, source));
//   LayoutScanner scanner(parser, name);             // one per file, fed in file order
//   BlockCutter cutter;                              // bytes to blocks (block_cutter.h)
//   ... for each block:
//   ARROW_ASSIGN_OR_RAISE(Layout layout, scanner.Next(block));   // cheap, sequential
//   ARROW_ASSIGN_OR_RAISE(Parsed part, parser->Parse(block, layout));  // anywhere, any thread
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/base/counters.h"
#include "ndr/ingest/source.h"
#include "ndr/spec/project.h"

namespace ndr::ingest {

/// A longer line is unparsable.
inline constexpr size_t kMaxLineBytes = 1 << 20;
/// Readable bytes that stand behind a block (their content does not matter).
inline constexpr size_t kBlockPadding = 64;
/// Of a quarantined record as many bytes are kept.
inline constexpr size_t kQuarantinedBytes = 4096;

/// Whole lines of one file: the last byte is '\n', but for the last block of a file that ends without one.
struct Block {
  std::string_view bytes;  ///< kBlockPadding readable bytes follow
  int64_t offset = 0;      ///< of the first byte in the file, decompressed
};

struct Quarantined {
  int64_t byte_offset = 0;
  std::string_view rule;  ///< a rule's name, `unparsable` or `null_start`; a literal
  std::string reason;
  std::string bytes;  ///< the first kQuarantinedBytes of the line
};

/// What a block held. Counters: `lines_read` = `rows` (of `sessions`) + `blank_lines` + `header_lines` +
/// `other_streams` (Zeek logs that are not conn) + `skipped_records` (event names that are neither TRAFFIC
/// nor THREAT) + `unparsable` + `malformed_address` + `no_bytes_no_ports` + `no_host` + `null_start`; all but
/// `no_host` and the skipped stand in `quarantined` too. The notes on rows (duration, negative) are bits of
/// the column `notes`: whoever knows which rows are used counts them. `zoneless_times`: rows whose start had
/// no zone (read in the source's or the calendar's); `assumed_zone_times`: those of them for which nothing is
/// configured, to be announced.
struct Parsed {
  std::shared_ptr<arrow::RecordBatch> sessions;  ///< catalogue::SessionSchema(), in file order
  base::Counters counters;
  std::vector<Quarantined> quarantined;  ///< in file order
};

/// The layout in force at the start of a block: a header's columns, separators; opaque, cheap to copy.
struct LayoutData;
using Layout = std::shared_ptr<const LayoutData>;

class Format;
class Assembler;
struct AssemblerOptions;

/// Parses blocks of one source under one configuration. Immutable; safe to share between threads and files.
class Parser {
 public:
  /// Invalid: `field_mapping` names an unknown canonical field, or `source_timezone` an unknown zone.
  static arrow::Result<std::shared_ptr<const Parser>> Make(std::shared_ptr<const spec::Context> context,
                                                           Source source);
  ~Parser();

  /// Records to sessions. The result depends on the lines alone, not on how the file was cut into blocks.
  /// Errors are failures of memory or of the contract only: bad lines are counted and quarantined.
  arrow::Result<Parsed> Parse(const Block& block, const Layout& layout) const;

 private:
  friend class LayoutScanner;
  explicit Parser(std::shared_ptr<const spec::Context> context);

  std::shared_ptr<const spec::Context> context_;
  std::unique_ptr<const AssemblerOptions> options_;
  std::unique_ptr<const Format> format_;
};

/// Follows the header lines of one file.
class LayoutScanner {
 public:
  LayoutScanner(std::shared_ptr<const Parser> parser, std::string file_name);
  /// The layout in force at the start of `block`; each block once, in file order. Invalid: a `field_mapping`
  /// whose source field the file lacks, or whose canonical name it has already; lists the names.
  arrow::Result<Layout> Next(const Block& block);

 private:
  std::shared_ptr<const Parser> parser_;
  std::string file_name_;
  Layout layout_;
};

/// Unparsable over record lines (lines that are neither blank nor header), for max_malformed_ratio; 0 without
/// any.
double MalformedRatio(const base::Counters& counters);

}  // namespace ndr::ingest
