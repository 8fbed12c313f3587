// SPDX-License-Identifier: Apache-2.0
// Zeek logs as JSON Lines, one stream or several in a file; only conn rows are sessions.
#include <algorithm>

#include "ndr/ingest/format.h"
#include "ndr/ingest/json_reader.h"
#include "ndr/ingest/zeek.h"

namespace ndr::ingest {
namespace {

class ZeekJson : public Format {
 public:
  ZeekJson() {
    for (const auto& [name, field] : kZeekNames) {
      names_.Add(name, field);
      std::string flat(name);
      std::replace(flat.begin(), flat.end(), '.', '_');
      names_.Add(flat, field);
    }
    names_.Add("_path", kStream);
    names_.Add("@stream", kStream);
    // Fields that of Zeek's logs only conn has.
    names_.Add("history", kConnSign);
    names_.Add("missed_bytes", kConnSign);
  }

  void Parse(const Block& block, const Layout&, Assembler* assembler) const override {
    ForEachObject(names_, block, assembler, [&](const Line& line, Record* record) {
      if (!IsConn(*record)) return assembler->OtherStream();
      DeriveZeekOutcome(record);
      assembler->Add(*record, line);
    });
  }

 private:
  static bool IsConn(const Record& record) {
    if (!record[kStream].empty()) return record[kStream] == "conn";
    return !record[kConnState].empty() || !record[kConnSign].empty() || !record[kFieldSourcePackets].empty();
  }

  NameTree names_;
};

}  // namespace

std::unique_ptr<const Format> MakeZeekJson() { return std::make_unique<ZeekJson>(); }

}  // namespace ndr::ingest
