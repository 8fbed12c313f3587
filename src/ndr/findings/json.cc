// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "ndr/findings/output.h"
#include "ndr/findings/words.h"

namespace ndr::findings {
namespace {

using Json = nlohmann::ordered_json;

Json OrNull(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }
Json OrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json ToJson(const Reason& r, base::Micros end, const spec::Context& context) {
  return {{"kind", r.kind},
          {"metric", r.metric},
          {"role", r.role},
          {"window_label", r.window_label},
          {"x", r.x},
          {"own", OrNull(r.own)},
          {"peers", OrNull(r.peers)},
          {"at", OrNull(r.at)},
          {"evidence", r.evidence},
          {"standing", r.standing},
          {"gap_median", OrNull(r.gap_median)},
          {"words", InWords(r, end, context)}};
}

Json ToJson(const Finding& f, const spec::Context& context) {
  Json reasons = Json::array();
  for (const Reason& r : f.reasons) reasons.push_back(ToJson(r, f.strongest_ts, context));
  return {{"id", f.id},
          {"host_ip", base::ToText(f.host)},
          {"machine_name", OrNull(f.machine_name)},
          {"segment_id", f.segment},
          {"first_ts", base::FormatInstant(f.first_ts)},
          {"last_ts", base::FormatInstant(f.last_ts)},
          {"strongest_ts", base::FormatInstant(f.strongest_ts)},
          {"score", f.score},
          {"severity", kSeverityNames[static_cast<size_t>(f.severity)]},
          {"kind", catalogue::kKindNames[static_cast<size_t>(f.kind)]},
          {"times", f.times},
          {"standing", f.standing},
          {"silenced", f.silenced},
          {"silenced_reason", OrNull(f.silenced_reason)},
          {"reasons", std::move(reasons)}};
}

}  // namespace

std::string JsonLines(const std::vector<Finding>& findings, const spec::Context& context) {
  std::string out;
  // Texts of logs may hold any bytes: what is no UTF-8 is replaced, never thrown at.
  for (const Finding& f : findings)
    out += ToJson(f, context).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  return out;
}

}  // namespace ndr::findings
