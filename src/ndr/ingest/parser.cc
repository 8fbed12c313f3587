// SPDX-License-Identifier: Apache-2.0
#include "ndr/ingest/parser.h"

#include <algorithm>

#include "ndr/ingest/format.h"

namespace ndr::ingest {
namespace {

arrow::Status CheckMapping(const FieldMapping& mapping) {
  const std::vector<std::string> known(kFieldNames.begin(), kFieldNames.end());
  for (const auto& [canonical, theirs] : mapping) {
    if (std::find(known.begin(), known.end(), canonical) != known.end()) continue;
    const std::string nearest = catalogue::Nearest(canonical, known);
    return arrow::Status::Invalid("field_mapping: '", canonical, "' is no canonical field",
                                  nearest.empty() ? "" : "; did you mean '" + nearest + "'?");
  }
  return arrow::Status::OK();
}

}  // namespace

arrow::Result<Layout> Format::First(const Block&, const std::string&) const {
  return std::make_shared<const LayoutData>();
}

std::unique_ptr<const Format> MakeFormat(Source source, const FieldMapping& mapping) {
  switch (source) {
    case Source::kZeekTsv:
      return MakeZeekTsv();
    case Source::kZeekJson:
      return MakeZeekJson();
    case Source::kArgus:
      return MakeArgus();
    default:
      return MakeNdrJson(mapping);
  }
}

Parser::Parser(std::shared_ptr<const spec::Context> context) : context_(std::move(context)) {}
Parser::~Parser() = default;

arrow::Result<std::shared_ptr<const Parser>> Parser::Make(std::shared_ptr<const spec::Context> context,
                                                          Source source) {
  std::shared_ptr<Parser> parser(new Parser(std::move(context)));
  const spec::Context& c = *parser->context_;
  ARROW_RETURN_NOT_OK(CheckMapping(c.project.field_mapping));
  ARROW_ASSIGN_OR_RAISE(auto zones, SourceZones::Make(c));
  parser->options_ = std::make_unique<const AssemblerOptions>(
      AssemblerOptions{c.network, std::move(zones), c.project.data_quality.no_bytes_no_ports});
  parser->format_ = MakeFormat(source, c.project.field_mapping);
  return parser;
}

arrow::Result<Parsed> Parser::Parse(const Block& block, const Layout& layout) const {
  Assembler assembler(*options_, block.bytes.size());
  format_->Parse(block, layout, &assembler);
  return assembler.Finish();
}

LayoutScanner::LayoutScanner(std::shared_ptr<const Parser> parser, std::string file_name)
    : parser_(std::move(parser)), file_name_(std::move(file_name)) {}

arrow::Result<Layout> LayoutScanner::Next(const Block& block) {
  if (layout_ == nullptr) {
    ARROW_ASSIGN_OR_RAISE(layout_, parser_->format_->First(block, file_name_));
  }
  const Layout at_start = layout_;
  layout_ = parser_->format_->Behind(block, at_start);
  return at_start;
}

double MalformedRatio(const base::Counters& counters) {
  const int64_t records =
      counters.Get("lines_read") - counters.Get("blank_lines") - counters.Get("header_lines");
  return records <= 0 ? 0.0 : static_cast<double>(counters.Get("unparsable")) / static_cast<double>(records);
}

}  // namespace ndr::ingest
