// SPDX-License-Identifier: Apache-2.0
#include "ndr/ingest/assembler.h"

#include <algorithm>

namespace ndr::ingest {
namespace {

using catalogue::EventName;

// A record of a session log has about as many bytes; more rows than expected only cost a reallocation.
constexpr size_t kTypicalLineBytes = 200;
// What one packet can hold at most.
constexpr int64_t kPacketBytes = 65'535;

std::string Complaint(Field field, std::string_view what, std::string_view text) {
  return std::string(kFieldNames[static_cast<size_t>(field)]) + " " + std::string(what) + ": " + Quoted(text);
}

bool Exceeds(std::optional<int64_t> bytes, std::optional<int64_t> packets) {
  return bytes && packets && *bytes / kPacketBytes + (*bytes % kPacketBytes != 0) > *packets;
}

}  // namespace

Assembler::Assembler(const AssemblerOptions& options, size_t block_bytes)
    : options_(options), clock_(options.zones) {
  rows_.Reserve(block_bytes / kTypicalLineBytes);
  for (size_t w = 0; w < catalogue::kSessionWords; ++w) words_.emplace_back(w != catalogue::kDevice);
}

void Assembler::Add(const Record& record, const Line& line) {
  Session s;
  if (!ReadName(record, &s)) {
    ++lines_[kSkippedRecords];
    return;
  }
  if (!ReadScalars(record, line, &s)) return;
  if (!ReadAddress(record, kSourceIp, line, &s.source) ||
      !ReadAddress(record, kDestinationIp, line, &s.destination))
    return;
  const bool bytes = s.amounts[catalogue::kSourceBytes] || s.amounts[catalogue::kDestinationBytes];
  const bool ports = s.source_port || s.destination_port;
  if (options_.no_bytes_no_ports && s.name == EventName::kTraffic && !bytes && !ports)
    return Quarantine(kNoBytesNoPorts, line, "neither bytes nor ports");
  if (!s.transport.has_ports) s.source_port = s.destination_port = std::nullopt;
  MendEnd(&s);
  MendAmounts(&s);
  if (!options_.network.IsHost(s.source) && !options_.network.IsHost(s.destination)) {
    ++lines_[kNoHost];
    return;
  }
  if (!s.start) return Quarantine(kNullStart, line, "event_start is absent");
  Append(record, line, s);
}

bool Assembler::ReadName(const Record& record, Session* session) {
  const std::string_view name = record[kFieldEventName];
  if (name.empty() || EqualsFolded(name, "traffic")) return true;
  session->name = EventName::kThreat;
  return EqualsFolded(name, "threat");
}

bool Assembler::ReadScalars(const Record& record, const Line& line, Session* s) {
  if (!ReadTimes(record, line, s)) return false;
  for (size_t a = 0; a < catalogue::kSessionAmounts; ++a) {
    const auto field = static_cast<Field>(kFieldSourceBytes + static_cast<int>(a));
    const std::string_view text = record[field];
    if (text.empty()) continue;
    s->amounts[a] = ParseInteger(text);
    if (!s->amounts[a]) {
      Unparsable(line, Complaint(field, "is no whole number", text));
      return false;
    }
  }
  if (const std::string_view text = record[kRepeatCount]; !text.empty()) {
    const auto count = ParseInteger(text);
    if (!count) {
      Unparsable(line, Complaint(kRepeatCount, "is no whole number", text));
      return false;
    }
    if (*count > catalogue::kLargestRepeat) {
      Unparsable(line, Complaint(kRepeatCount, "is no number of sessions", text));
      return false;
    }
    s->repeat_count = std::max<int64_t>(*count, 1);
  }
  s->transport = ParseTransport(record[kNetworkTransport]);
  return ReadPort(record, kSourcePort, line, s, &s->source_port) &&
         ReadPort(record, kDestinationPort, line, s, &s->destination_port);
}

bool Assembler::ReadTimes(const Record& record, const Line& line, Session* s) {
  for (const Field field : {kEventStart, kEventEnd}) {
    const std::string_view text = record[field];
    if (text.empty()) continue;
    auto instant = ParseInstant(text);
    if (!instant) {
      Unparsable(line, Complaint(field, "is no instant", text));
      return false;
    }
    if (instant->zoneless) instant->micros = clock_.ToInstant(instant->micros, record[kDeviceId]);
    (field == kEventStart ? s->start : s->end) = instant;
  }
  const std::string_view text = record[kDuration];
  if (text.empty() || s->end) return true;
  const auto duration = base::ParseSeconds(text);
  base::Micros end = 0;
  if (!duration || __builtin_add_overflow(s->start ? s->start->micros : 0, *duration, &end)) {
    Unparsable(line, Complaint(kDuration, "is no duration", text));
    return false;
  }
  if (s->start) s->end = Instant{end, false};
  return true;
}

bool Assembler::ReadPort(const Record& record, Field field, const Line& line, Session* s,
                         std::optional<uint16_t>* port) {
  const std::string_view text = record[field];
  if (text.empty()) return true;
  *port = ParsePort(text);
  if (*port || !s->transport.has_ports) return true;
  Unparsable(line, Complaint(field, "is no port", text));
  return false;
}

bool Assembler::ReadAddress(const Record& record, Field field, const Line& line, base::Address* address) {
  const std::string_view text = record[field];
  const auto parsed = base::ParseAddress(text);
  if (parsed) {
    *address = *parsed;
    return true;
  }
  const std::string name(kFieldNames[static_cast<size_t>(field)]);
  Quarantine(kMalformedAddress, line,
             text.empty() ? name + " is absent" : Complaint(field, "is no address", text));
  return false;
}

void Assembler::MendEnd(Session* s) {
  if (s->start && s->end && s->end->micros >= s->start->micros) return;
  s->notes |= catalogue::kNoteDuration;
  if (s->start && s->end) s->end = s->start;
}

void Assembler::MendAmounts(Session* s) {
  const auto drop = [&](std::optional<int64_t>* amount) {
    *amount = std::nullopt;
    s->notes |= catalogue::kNoteNegative;
  };
  for (auto& amount : s->amounts)
    if (amount && *amount < 0) drop(&amount);
  using enum catalogue::SessionAmount;
  if (Exceeds(s->amounts[kSourceBytes], s->amounts[kSourcePackets])) drop(&s->amounts[kSourceBytes]);
  if (Exceeds(s->amounts[kDestinationBytes], s->amounts[kDestinationPackets]))
    drop(&s->amounts[kDestinationBytes]);
}

void Assembler::Append(const Record& record, const Line& line, const Session& s) {
  ++lines_[kRows];
  zoneless_ += s.start->zoneless;
  assumed_zone_ += s.start->zoneless && options_.zones.Assumes(record[kDeviceId]);
  rows_.event_start.push_back(s.start->micros);
  rows_.event_end.push_back(s.end ? s.end->micros : 0);
  rows_.has_event_end.push_back(s.end.has_value());
  rows_.source_ip.push_back(s.source);
  rows_.destination_ip.push_back(s.destination);
  rows_.source_port.push_back(s.source_port.value_or(0));
  rows_.has_source_port.push_back(s.source_port.has_value());
  rows_.destination_port.push_back(s.destination_port.value_or(0));
  rows_.has_destination_port.push_back(s.destination_port.has_value());
  for (size_t a = 0; a < catalogue::kSessionAmounts; ++a) {
    rows_.amounts[a].push_back(s.amounts[a].value_or(0));
    rows_.has_amount[a].push_back(s.amounts[a].has_value());
  }
  rows_.transport.push_back(static_cast<uint8_t>(s.transport.transport));
  rows_.event_name.push_back(static_cast<uint8_t>(s.name));
  static constexpr std::array<Field, catalogue::kSessionWords> kWordFields = {
      kEventSubtype, kEventAction, kEventReason, kFieldCategory, kDeviceId};
  for (size_t w = 0; w < catalogue::kSessionWords; ++w)
    rows_.words[w].push_back(words_[w].Number(record[kWordFields[w]]));
  rows_.repeat_count.push_back(s.repeat_count);
  const auto identity = [](std::string_view text) { return IsZero(text) ? std::string_view() : text; };
  rows_.AppendSessionKey(identity(record[kSessionKey]));
  rows_.AppendSequence(identity(record[kSequence]));
  rows_.byte_offset.push_back(line.offset);
  rows_.notes.push_back(s.notes);
}

void Assembler::Unparsable(const Line& line, std::string reason) {
  Quarantine(kUnparsable, line, std::move(reason));
}

void Assembler::Quarantine(Fate fate, const Line& line, std::string reason) {
  ++lines_[fate];
  quarantined_.push_back({line.offset, kFateNames[fate], std::move(reason),
                          std::string(line.bytes.substr(0, kQuarantinedBytes))});
}

arrow::Result<Parsed> Assembler::Finish() {
  Parsed parsed;
  std::array<std::shared_ptr<arrow::Array>, catalogue::kSessionWords> dictionaries;
  for (size_t w = 0; w < catalogue::kSessionWords; ++w) {
    ARROW_ASSIGN_OR_RAISE(dictionaries[w], words_[w].Finish());
  }
  ARROW_ASSIGN_OR_RAISE(parsed.sessions, std::move(rows_).Finish(dictionaries));
  for (size_t f = 0; f < kFates; ++f) parsed.counters.Add(kFateNames[f], lines_[f]);
  parsed.counters.Add("lines_read", lines_read_);
  parsed.counters.Add("zoneless_times", zoneless_);
  parsed.counters.Add("assumed_zone_times", assumed_zone_);
  parsed.quarantined = std::move(quarantined_);
  return parsed;
}

}  // namespace ndr::ingest
