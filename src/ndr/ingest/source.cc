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

// Files that hold no text: what to say of them.
std::string_view Binary(std::string_view head) {
  if (head.starts_with("\x1f\x8b") || head.starts_with("\x28\xb5\x2f\xfd")) return "is compressed twice";
  if (head.starts_with("\xff\xfe") || head.starts_with("\xfe\xff"))
    return "is UTF-16 text; convert it to UTF-8";
  if (head.starts_with("PAR1")) return "is Parquet, which is not read yet";
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
  if (HasAny(head, {"\"source_ip\"", "\"source.ip\"", "\"source\""}) || mapped) return Source::kNdrJson;
  if (HasAny(head, {"\"flow_id\""}) && HasAny(head, {"\"event_type\""}))
    return Status::Invalid(name, " is Suricata EVE JSON, which is not read yet (known: ", KnownSources(),
                           ")");
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
  if (head.front() == '#' && HasAny(head, {"#separator", "#fields"})) return Source::kZeekTsv;
  if (HasAny(head.substr(0, head.find('\n')), {"StartTime"}) && HasAny(head, {"SrcAddr"}))
    return Source::kArgus;
  if (head.front() == '{') return RecogniseJson(head, name, !field_mapping.empty());
  return Unknown(name, head);
}

}  // namespace ndr::ingest
