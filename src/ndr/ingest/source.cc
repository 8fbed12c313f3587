// SPDX-License-Identifier: Apache-2.0
#include "ndr/ingest/source.h"

#include <initializer_list>

#include "ndr/ingest/scalars.h"

namespace ndr::ingest {
namespace {

using arrow::Status;

bool HasAny(std::string_view text, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts)
    if (text.find(part) != std::string_view::npos) return true;
  return false;
}

// `name` with an object for its value, as ECS nests addresses; other logs have a text there.
bool HasObject(std::string_view text, std::string_view name) {
  for (size_t at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
    const std::string_view rest = text.substr(at + name.size());
    const size_t colon = rest.find_first_not_of(" \t");
    if (colon == rest.npos || rest[colon] != ':') continue;
    const size_t value = rest.find_first_not_of(" \t", colon + 1);
    if (value != rest.npos && rest[value] == '{') return true;
  }
  return false;
}

// Files that hold no text: what to say of them.
std::string_view Binary(std::string_view head) {
  if (head.starts_with("\x1f\x8b") || head.starts_with("\x28\xb5\x2f\xfd")) return "is compressed twice";
  if (head.starts_with("\xff\xfe") || head.starts_with("\xfe\xff"))
    return "is UTF-16 text; convert it to UTF-8";
  if (head.starts_with("PAR1")) return "is Parquet, which is not read yet";
  if (head.starts_with("\xfd"
                       "7zXZ") ||
      head.starts_with("BZh") || head.starts_with("PK\x03\x04"))
    return "is compressed with xz, bzip2 or zip; plain text, gzip and zstd are read";
  // Further lines may hold what a crash left: blocks of zeros, which are malformed records like any other.
  if (head.substr(0, head.find('\n')).find('\0') != std::string_view::npos) return "holds binary data";
  return "";
}

Status Unknown(std::string_view name, std::string_view head) {
  return Status::Invalid(name, " is of no known source (known: ", KnownSources(), "); it begins with ",
                         Quoted(head.substr(0, head.find('\n'))));
}

arrow::Result<Source> RecogniseJson(std::string_view head, std::string_view name, bool mapped) {
  if (HasAny(head, {"\"id.orig_h\"", "\"id_orig_h\"", "\"_path\"", "\"@stream\"", "\"orig_h\""}))
    return Source::kZeekJson;
  if (mapped) return Source::kNdrJson;
  if (HasAny(head, {"\"flow_id\""}) && HasAny(head, {"\"event_type\""}))
    return Status::Invalid(name, " is Suricata EVE JSON, which is not read yet (known: ", KnownSources(),
                           ")");
  if (HasAny(head, {"\"source_ip\"", "\"source.ip\""}) || HasObject(head, "\"source\""))
    return Source::kNdrJson;
  return Unknown(name, head);
}

arrow::Result<Source> RecogniseText(std::string_view head, std::string_view name, bool mapped) {
  if (head.starts_with('#') && HasAny(head, {"#separator", "#fields"})) return Source::kZeekTsv;
  if (HasAny(head.substr(0, head.find('\n')), {"StartTime"}) && HasAny(head, {"SrcAddr"}))
    return Source::kArgus;
  if (head.starts_with('{')) return RecogniseJson(head, name, mapped);
  return Unknown(name, head);
}

}  // namespace

std::string_view NameOf(Source source) {
  switch (source) {
    case Source::kNdrJson:
      return "ndr-json";
    case Source::kArgus:
      return "argus";
    default:
      return "zeek";
  }
}

std::string KnownSources() { return "ndr-json, zeek, argus"; }

arrow::Result<Source> Recognise(std::string_view head, std::string_view name, std::string_view wanted,
                                const std::map<std::string, std::string>& field_mapping) {
  if (wanted != "auto" && wanted != "ndr-json" && wanted != "zeek" && wanted != "argus")
    return Status::Invalid("source '", wanted, "' is not known (known: auto, ", KnownSources(), ")");
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  const size_t begin = head.find_first_not_of(" \t\r\n\v\f");
  const bool blank = begin == std::string_view::npos;
  if (!blank) head.remove_prefix(begin);
  if (const std::string_view binary = Binary(head); !binary.empty())
    return Status::Invalid(name, " ", binary);
  if (wanted == "argus") return Source::kArgus;
  if (wanted == "zeek") return !blank && head.front() == '{' ? Source::kZeekJson : Source::kZeekTsv;
  if (wanted == "ndr-json" || blank) return Source::kNdrJson;
  const auto source = RecogniseText(head, name, !field_mapping.empty());
  const size_t second = head.find('\n');
  if (source.ok() || second == head.npos) return source;
  // A log that was cut at its front begins within a line: the next one tells.
  head.remove_prefix(std::min(head.find_first_not_of(" \t\r\n", second), head.size()));
  const auto further = RecogniseText(head, name, !field_mapping.empty());
  return further.ok() ? further : source;
}

}  // namespace ndr::ingest
