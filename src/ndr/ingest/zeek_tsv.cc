// SPDX-License-Identifier: Apache-2.0
// Zeek's conn.log as text: columns as the header names them, which may change within a file.
#include <algorithm>
#include <charconv>

#include "ndr/ingest/format.h"
#include "ndr/ingest/zeek.h"

namespace ndr::ingest {
namespace {

// Labelled variants put this between the columns that they add to the last one.
constexpr std::string_view kLabelSeparator = "   ";

// Takes the next column off `rest`; false when there was none left.
bool TakeColumn(std::string_view* rest, char separator, bool* more, std::string_view* column) {
  if (!*more) return false;
  const size_t end = rest->find(separator);
  *more = end != std::string_view::npos;
  *column = rest->substr(0, end);
  rest->remove_prefix(std::min(rest->size(), column->size() + 1));
  return true;
}

Field FieldOf(std::string_view name) {
  for (const auto& [known, field] : kZeekNames)
    if (name == known) return field;
  return kNoField;
}

void ReadNames(std::string_view rest, LayoutData* layout) {
  std::vector<Field> fields;
  bool more = true;
  for (std::string_view name; TakeColumn(&rest, layout->separator, &more, &name);) {
    for (size_t at; (at = name.find(kLabelSeparator)) != std::string_view::npos; name.remove_prefix(at + 3))
      fields.push_back(FieldOf(name.substr(0, at)));
    fields.push_back(FieldOf(name));
  }
  layout->Name(std::move(fields));
}

void ReadHeader(std::string_view line, LayoutData* layout) {
  if (line.starts_with("#separator ")) {  // the first line of each header
    *layout = {};
    const std::string_view value = line.substr(11);
    int code = 0;
    if (value.starts_with("\\x") &&
        std::from_chars(value.data() + 2, value.data() + value.size(), code, 16).ec == std::errc()) {
      layout->separator = static_cast<char>(code);
    } else if (!value.empty()) {
      layout->separator = value.front();
    }
    return;
  }
  const size_t at = line.find(layout->separator);
  const std::string_view key = line.substr(0, at);
  const std::string_view value = at == std::string_view::npos ? std::string_view() : line.substr(at + 1);
  if (key == "#fields") ReadNames(value, layout);
  if (key == "#path") layout->other_stream = value != "conn";
  if (key == "#unset_field") layout->unset = value;
  if (key == "#empty_field") layout->empty = value;
}

// Columns to fields; the number of columns, those behind the label separator included.
size_t ReadColumns(std::string_view rest, const LayoutData& layout, Record* record) {
  *record = {};
  size_t column = 0;
  bool more = true;
  for (std::string_view text; TakeColumn(&rest, layout.separator, &more, &text);) {
    if (!more) {
      for (size_t at; (at = text.find(kLabelSeparator)) != std::string_view::npos; text.remove_prefix(at + 3))
        ++column;
    }
    const Field field = column < layout.fields.size() ? layout.fields[column] : kNoField;
    if (field != kNoField && text != layout.unset && text != layout.empty) (*record)[field] = text;
    ++column;
  }
  return column;
}

class ZeekTsv : public Format {
 public:
  Layout Behind(const Block& block, const Layout& before) const override {
    Layout layout = before;
    std::string_view rest = block.bytes.substr(ByteOrderMark(block));
    while (!rest.empty()) {
      if (rest.front() == '#') {
        auto changed = std::make_shared<LayoutData>(*layout);
        ReadHeader(TakeLine(&rest), changed.get());
        layout = std::move(changed);
        continue;
      }
      const size_t next = rest.find("\n#");
      if (next == std::string_view::npos) break;
      rest.remove_prefix(next + 1);
    }
    return layout;
  }

  void Parse(const Block& block, const Layout& at_start, Assembler* assembler) const override {
    LayoutData layout = *at_start;
    Record record;
    ForEachLine(block, assembler, [&](const Line& line) {
      if (line.bytes.front() == '#') {
        ReadHeader(line.bytes, &layout);
        return assembler->Header();
      }
      if (layout.other_stream) return assembler->OtherStream();
      if (!layout.has_fields()) return assembler->Unparsable(line, "no #fields line stands before it");
      if (!layout.has_addresses)
        return assembler->Unparsable(line, "#fields names no id.orig_h or no id.resp_h");
      const size_t columns = ReadColumns(line.bytes, layout, &record);
      if (columns != layout.fields.size())
        return assembler->Unparsable(line, std::to_string(columns) + " columns where #fields names " +
                                               std::to_string(layout.fields.size()));
      DeriveZeekOutcome(&record);
      assembler->Add(record, line);
    });
  }
};

}  // namespace

std::unique_ptr<const Format> MakeZeekTsv() { return std::make_unique<ZeekTsv>(); }

}  // namespace ndr::ingest
