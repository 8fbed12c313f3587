// SPDX-License-Identifier: Apache-2.0
// JSON Lines with the canonical names, flat (`source_ip`, `source.ip`) or nested as ECS has them, or the
// project's own.
#include <algorithm>

#include "ndr/ingest/format.h"
#include "ndr/ingest/json_reader.h"

namespace ndr::ingest {
namespace {

// So many lines are looked at for the names of a field_mapping.
constexpr int kMappingLines = 1000;

// `source_ip` is `source.ip` in ECS; names without an underscore have no such form.
std::string Dotted(std::string_view canonical) {
  std::string name(canonical);
  const size_t underscore = name.find('_');
  if (underscore != std::string::npos) name[underscore] = '.';
  return name;
}

std::string Listed(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

class NdrJson : public Format {
 public:
  explicit NdrJson(FieldMapping mapping) : mapping_(std::move(mapping)) {
    for (size_t f = 0; f < kCanonicalFields; ++f) {
      const auto field = static_cast<Field>(f);
      const auto theirs = mapping_.find(std::string(kFieldNames[f]));
      if (theirs != mapping_.end()) {
        names_.Add(theirs->second, field);
      } else if (field != kDuration) {
        names_.Add(kFieldNames[f], field);
        names_.Add(Dotted(kFieldNames[f]), field);
      }
    }
    if (!mapping_.contains("category")) names_.Add("event.category", kFieldCategory);
  }

  arrow::Result<Layout> First(const Block& block, const std::string& file_name) const override {
    if (!mapping_.empty()) ARROW_RETURN_NOT_OK(CheckMapping(block, file_name));
    return Format::First(block, file_name);
  }

  void Parse(const Block& block, const Layout&, Assembler* assembler) const override {
    ForEachObject(names_, block, assembler,
                  [&](const Line& line, Record* record) { assembler->Add(*record, line); });
  }

 private:
  arrow::Status CheckMapping(const Block& block, const std::string& file_name) const {
    JsonReader reader(names_);
    std::set<std::string> present;
    std::string_view rest = block.bytes.substr(ByteOrderMark(block));
    for (int lines = 0; lines < kMappingLines && !rest.empty(); ++lines) {
      const std::string_view line = TakeLine(&rest);
      if (!IsBlank(line) && line.size() <= kMaxLineBytes) reader.Names(line, &present);
    }
    if (present.empty()) return arrow::Status::OK();  // no record that could lack a name
    for (const auto& [canonical, theirs] : mapping_) {
      if (!present.contains(theirs))
        return arrow::Status::Invalid("field_mapping.", canonical, ": ", file_name, " has no field '", theirs,
                                      "'; it has ", Listed(present));
      for (const std::string& name : {canonical, Dotted(canonical)})
        if (name != theirs && present.contains(name))
          return arrow::Status::Invalid("field_mapping.", canonical, ": ", file_name, " has a field '", name,
                                        "' already, so '", theirs, "' cannot stand for it; it has ",
                                        Listed(present));
    }
    return arrow::Status::OK();
  }

  const FieldMapping mapping_;
  NameTree names_;
};

}  // namespace

std::unique_ptr<const Format> MakeNdrJson(const FieldMapping& mapping) {
  return std::make_unique<NdrJson>(mapping);
}

}  // namespace ndr::ingest
