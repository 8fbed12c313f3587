// SPDX-License-Identifier: Apache-2.0
// Which log sources there are, and which one a file is of (specification 5).
#pragma once

#include <arrow/result.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace ndr::ingest {

enum class Source : uint8_t { kNdrJson, kZeekTsv, kZeekJson, kArgus };

/// `ndr-json`, `zeek` (both shapes), `argus`: the names of --source.
std::string_view NameOf(Source source);
/// All names, for messages: `ndr-json, zeek, argus`.
std::string KnownSources();

/// A session key alone names one record (a Zeek uid), so duplicates need no sequence (delta::SessionBatch).
constexpr bool KeyAloneIdentifies(Source source) {
  return source == Source::kZeekTsv || source == Source::kZeekJson;
}

/// As many bytes of a file are enough to recognise it.
inline constexpr size_t kRecogniseBytes = 64 * 1024;

/// The source of a file from its first bytes (decompressed). `name` is the file's, for messages. `wanted` is
/// `auto`, or the name of a source that the file has to be of; then its first two lines tell (a log that was
/// cut at its front begins within a line). With a `field_mapping` any JSON Lines that is not another source's
/// is ndr-json. A file of blanks alone, or empty, is ndr-json (or the wanted source): it has no records.
/// Invalid: the bytes are of no known source (the message lists those), of a source that is not read yet,
/// compressed, or UTF-16.
arrow::Result<Source> Recognise(std::string_view head, std::string_view name,
                                std::string_view wanted = "auto",
                                const std::map<std::string, std::string>& field_mapping = {});

}  // namespace ndr::ingest
