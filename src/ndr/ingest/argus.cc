// SPDX-License-Identifier: Apache-2.0
// Argus binetflow CSV: columns as the header line names them (specification 5).
#include <algorithm>
#include <charconv>

#include "ndr/ingest/format.h"

namespace ndr::ingest {
namespace {

constexpr std::string_view kHeaderMark = "StartTime";

struct ArgusName {
  std::string_view name;
  Field field;
};
constexpr ArgusName kNames[] = {{"StartTime", kEventStart},
                                {"Dur", kDuration},
                                {"Proto", kNetworkTransport},
                                {"SrcAddr", kSourceIp},
                                {"Sport", kSourcePort},
                                {"Dir", kDirection},
                                {"DstAddr", kDestinationIp},
                                {"Dport", kDestinationPort},
                                {"State", kState},
                                {"TotPkts", kTotalPackets},
                                {"TotBytes", kTotalBytes},
                                {"SrcBytes", kFieldSourceBytes},
                                {"DstBytes", kFieldDestinationBytes},
                                {"SrcPkts", kFieldSourcePackets},
                                {"DstPkts", kFieldDestinationPackets}};

std::string_view TakeColumn(std::string_view* rest) {
  const size_t comma = std::min(rest->find(','), rest->size());
  const std::string_view column = rest->substr(0, comma);
  rest->remove_prefix(std::min(rest->size(), comma + 1));
  return column;
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Names of columns, or nothing when the line is no header.
std::vector<Field> HeaderOf(std::string_view line) {
  std::vector<Field> fields;
  bool is_header = false;
  for (bool more = true; more;) {
    more = line.find(',') != std::string_view::npos;
    const std::string_view name = Trimmed(TakeColumn(&line));
    is_header |= name == kHeaderMark;
    const auto* known = std::find_if(std::begin(kNames), std::end(kNames),
                                     [&](const ArgusName& n) { return n.name == name; });
    fields.push_back(known == std::end(kNames) ? kNoField : known->field);
  }
  return is_header ? fields : std::vector<Field>();
}

// One record and the digits of the amounts that Argus gives only as totals.
class ArgusRecord {
 public:
  // The number of columns.
  size_t Read(std::string_view line, const LayoutData& layout) {
    record_ = {};
    size_t column = 0;
    for (bool more = true; more; ++column) {
      more = line.find(',') != std::string_view::npos;
      const std::string_view text = TakeColumn(&line);
      if (column < layout.fields.size() && layout.fields[column] != kNoField)
        record_[layout.fields[column]] = Trimmed(text);
    }
    return column;
  }

  const Record& Derive() {
    record_[kEventAction] = "allow";
    TakeFrom(kTotalBytes, kFieldSourceBytes, kFieldDestinationBytes, bytes_);
    TakeFrom(kTotalPackets, kFieldSourcePackets, kFieldDestinationPackets, packets_);
    DeriveReason();
    const std::string_view direction = record_[kDirection];
    if (direction == "<-" || direction == "<?") Exchange();
    std::string_view& transport = record_[kNetworkTransport];
    for (const std::string_view over_udp : {"rtp", "rtcp", "udt"})
      if (EqualsFolded(transport, over_udp)) transport = "udp";
    return record_;
  }

 private:
  // What the destination sent is the total without what the source sent.
  void TakeFrom(Field total, Field source, Field destination, char (&digits)[24]) {
    const auto all = ParseInteger(record_[total]), sent = ParseInteger(record_[source]);
    int64_t received = 0;
    if (!record_[destination].empty() || !all || !sent || __builtin_sub_overflow(*all, *sent, &received))
      return;
    const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), received);
    record_[destination] = {digits, static_cast<size_t>(end - digits)};
  }

  // State is `<flags of the source>_<flags of the destination>`; the flags go with their addresses.
  void DeriveReason() {
    const std::string_view state = record_[kState];
    const size_t bar = state.find('_');
    if (bar == std::string_view::npos || !EqualsFolded(record_[kNetworkTransport], "tcp")) return;
    std::string_view source = state.substr(0, bar), destination = state.substr(bar + 1);
    const std::string_view direction = record_[kDirection];
    if (direction == "<-" || direction == "<?") std::swap(source, destination);
    const auto has = [](std::string_view flags, char flag) {
      return flags.find(flag) != std::string_view::npos;
    };
    if (has(source, 'R')) {
      record_[kEventReason] = "tcp-rst-from-client";
    } else if (has(destination, 'R')) {
      record_[kEventReason] = "tcp-rst-from-server";
    } else if (has(source, 'F') && has(destination, 'F')) {
      record_[kEventReason] = "tcp-fin";
    }
  }

  void Exchange() {
    std::swap(record_[kSourceIp], record_[kDestinationIp]);
    std::swap(record_[kSourcePort], record_[kDestinationPort]);
    std::swap(record_[kFieldSourceBytes], record_[kFieldDestinationBytes]);
    std::swap(record_[kFieldSourcePackets], record_[kFieldDestinationPackets]);
  }

  Record record_;
  char bytes_[24] = {}, packets_[24] = {};
};

class Argus : public Format {
 public:
  Layout Behind(const Block& block, const Layout& before) const override {
    const std::string_view bytes = block.bytes;
    Layout layout = before;
    for (size_t at = 0; (at = bytes.find(kHeaderMark, at)) != std::string_view::npos;) {
      const size_t begin = at == 0 ? 0 : bytes.rfind('\n', at) + 1;  // npos + 1 is 0
      std::string_view rest = bytes.substr(begin == 0 ? ByteOrderMark(block) : begin);
      auto fields = HeaderOf(TakeLine(&rest));
      if (!fields.empty()) {
        auto changed = std::make_shared<LayoutData>(*layout);
        changed->Name(std::move(fields));
        layout = std::move(changed);
      }
      at = bytes.size() - rest.size();
    }
    return layout;
  }

  void Parse(const Block& block, const Layout& at_start, Assembler* assembler) const override {
    LayoutData layout = *at_start;
    ArgusRecord record;
    ForEachLine(block, assembler, [&](const Line& line) {
      if (line.bytes.find(kHeaderMark) != std::string_view::npos) {
        if (auto fields = HeaderOf(line.bytes); !fields.empty()) {
          layout.Name(std::move(fields));
          return assembler->Header();
        }
      }
      if (!layout.has_fields())
        return assembler->Unparsable(line, "no header line with StartTime stands before it");
      if (!layout.has_addresses)
        return assembler->Unparsable(line, "the header names no SrcAddr or no DstAddr");
      const size_t columns = record.Read(line.bytes, layout);
      if (columns != layout.fields.size())
        return assembler->Unparsable(line, std::to_string(columns) + " columns where the header names " +
                                               std::to_string(layout.fields.size()));
      assembler->Add(record.Derive(), line);
    });
  }
};

}  // namespace

std::unique_ptr<const Format> MakeArgus() { return std::make_unique<Argus>(); }

}  // namespace ndr::ingest
