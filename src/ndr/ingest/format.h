// SPDX-License-Identifier: Apache-2.0
// What a log source is: how it finds its layout and how its lines become records. A new source is one file
// that makes one of these, and a line in Source (source.h) and MakeFormat.
#pragma once

#include <arrow/result.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/ingest/assembler.h"
#include "ndr/ingest/parser.h"
#include "ndr/ingest/record.h"

namespace ndr::ingest {

/// The columns of a delimited text, as the header lines so far say. Sources without headers leave it empty.
struct LayoutData {
  char separator = '\t';
  std::string unset = "-";
  std::string empty = "(empty)";
  bool other_stream = false;   ///< a Zeek log that is not conn
  std::vector<Field> fields;   ///< by column; kNoField is not read
  bool has_addresses = false;  ///< among the fields: no line without them is a session

  void Name(std::vector<Field> columns) {
    fields = std::move(columns);
    has_addresses = std::count(fields.begin(), fields.end(), kSourceIp) > 0 &&
                    std::count(fields.begin(), fields.end(), kDestinationIp) > 0;
  }
  bool has_fields() const { return !fields.empty(); }
};

/// Immutable; safe to share between threads.
class Format {
 public:
  virtual ~Format() = default;
  /// The layout at the start of a file, from its first block.
  virtual arrow::Result<Layout> First(const Block& block, const std::string& file_name) const;
  /// The layout behind a block.
  virtual Layout Behind(const Block& block, const Layout& before) const { return (void)block, before; }
  /// Hands each line's record, or why there is none, to the assembler.
  virtual void Parse(const Block& block, const Layout& layout, Assembler* assembler) const = 0;
};

/// Canonical name to the name of a source (key `field_mapping`).
using FieldMapping = std::map<std::string, std::string>;
/// The format of each source; never null. Only ndr-json takes a mapping, whose names First checks against the
/// file.
std::unique_ptr<const Format> MakeNdrJson(const FieldMapping& mapping);
std::unique_ptr<const Format> MakeZeekTsv();
std::unique_ptr<const Format> MakeZeekJson();
std::unique_ptr<const Format> MakeArgus();
std::unique_ptr<const Format> MakeFormat(Source source, const FieldMapping& mapping);

/// The bytes of a file's first block behind a byte order mark.
inline size_t ByteOrderMark(const Block& block) {
  return block.offset == 0 && block.bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0;
}

/// Takes the next line off `rest`, without "\n" or "\r\n"; `rest` is not empty.
inline std::string_view TakeLine(std::string_view* rest) {
  const auto* end = static_cast<const char*>(std::memchr(rest->data(), '\n', rest->size()));
  const size_t size = end == nullptr ? rest->size() : static_cast<size_t>(end - rest->data());
  std::string_view line = rest->substr(0, size);
  rest->remove_prefix(std::min(rest->size(), size + 1));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

/// Nothing but white space.
inline bool IsBlank(std::string_view line) {
  return line.empty() || line.find_first_not_of(" \t\r\v\f") == std::string_view::npos;
}

/// Calls `visit(line)` for each line that holds something; blank and over-long ones are accounted for here.
template <class Visit>
void ForEachLine(const Block& block, Assembler* assembler, Visit visit) {
  std::string_view rest = block.bytes.substr(ByteOrderMark(block));
  while (!rest.empty()) {
    const int64_t offset = block.offset + (rest.data() - block.bytes.data());
    const Line line{TakeLine(&rest), offset};
    assembler->Read();
    if (IsBlank(line.bytes)) {
      assembler->Blank();
    } else if (line.bytes.size() > kMaxLineBytes) {
      assembler->Unparsable(line, "the line is longer than 1 MiB");
    } else {
      visit(line);
    }
  }
}

}  // namespace ndr::ingest
