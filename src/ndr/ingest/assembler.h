// SPDX-License-Identifier: Apache-2.0
// Records of a block to session columns: the data-quality rules 1 to 5, in their order, and the counters.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ndr/base/network.h"
#include "ndr/catalogue/sessions.h"
#include "ndr/ingest/parser.h"
#include "ndr/ingest/record.h"
#include "ndr/ingest/scalars.h"
#include "ndr/ingest/word_table.h"
#include "ndr/ingest/zones.h"

namespace ndr::ingest {

struct AssemblerOptions {
  const base::Network& network;
  SourceZones zones;
  bool no_bytes_no_ports = true;
};

/// Every line of the block is announced by Read and given to exactly one of Add, Unparsable, Blank, Header
/// and OtherStream.
class Assembler {
 public:
  explicit Assembler(const AssemblerOptions& options, size_t block_bytes);

  void Read() { ++lines_read_; }
  void Add(const Record& record, const Line& line);
  void Unparsable(const Line& line, std::string reason);
  void Blank() { ++lines_[kBlankLines]; }
  void Header() { ++lines_[kHeaderLines]; }
  void OtherStream() { ++lines_[kOtherStreams]; }
  arrow::Result<Parsed> Finish();

 private:
  // What became of a line.
  enum Fate {
    kRows,
    kBlankLines,
    kHeaderLines,
    kOtherStreams,
    kSkippedRecords,
    kUnparsable,
    kMalformedAddress,
    kNoBytesNoPorts,
    kNoHost,
    kNullStart,
    kFates
  };
  static constexpr std::array<const char*, kFates> kFateNames = {
      "rows",       "blank_lines",       "header_lines",      "other_streams", "skipped_records",
      "unparsable", "malformed_address", "no_bytes_no_ports", "no_host",       "null_start"};

  struct Session {
    std::optional<Instant> start, end;
    std::optional<base::Micros> duration;
    std::array<std::optional<int64_t>, catalogue::kSessionAmounts> amounts;
    std::optional<uint16_t> source_port, destination_port;
    TransportKind transport;
    catalogue::EventName name = catalogue::EventName::kTraffic;
    int64_t repeat_count = 1;
    base::Address source, destination;
    uint8_t notes = 0;
  };

  bool ReadName(const Record& record, Session* session);
  bool ReadScalars(const Record& record, const Line& line, Session* session);
  bool ReadTimes(const Record& record, const Line& line, Session* session);
  bool ReadPort(const Record& record, Field field, const Line& line, Session* session,
                std::optional<uint16_t>* port);
  bool ReadAddress(const Record& record, Field field, const Line& line, base::Address* address);
  void MendEnd(Session* session);
  void MendAmounts(Session* session);
  void Append(const Record& record, const Line& line, const Session& session);
  void Quarantine(Fate fate, const Line& line, std::string reason);

  const AssemblerOptions& options_;
  LocalClock clock_;
  catalogue::SessionVectors rows_;
  std::vector<WordTable> words_;
  std::array<int64_t, kFates> lines_{};
  int64_t lines_read_ = 0, zoneless_ = 0, assumed_zone_ = 0;
  std::vector<Quarantined> quarantined_;
};

}  // namespace ndr::ingest
