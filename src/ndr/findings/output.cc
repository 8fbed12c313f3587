// SPDX-License-Identifier: Apache-2.0
#include "ndr/findings/output.h"

#include <fmt/format.h>

#include <algorithm>

#include "ndr/findings/words.h"

namespace ndr::findings {
namespace {

constexpr std::string_view kIndent = "     ";

std::string_view KindName(const Finding& f) { return catalogue::kKindNames[static_cast<size_t>(f.kind)]; }
std::string_view SeverityName(const Finding& f) { return kSeverityNames[static_cast<size_t>(f.severity)]; }

// One or two local times: a day is not repeated.
std::string When(const Finding& f, const spec::Context& context) {
  std::string first = LocalTime(context.calendar, f.first_ts);
  const std::string last = LocalTime(context.calendar, f.last_ts);
  if (first == last) return first;
  return first + " - " + (first.substr(0, 10) == last.substr(0, 10) ? last.substr(11) : last);
}

std::string HostText(const Finding& f) {
  std::string text = base::ToText(f.host);
  if (!f.machine_name.empty()) text += " " + f.machine_name;
  return text + " (" + f.segment + ")";
}

std::string Coloured(std::string_view text, Severity severity, bool colour) {
  static constexpr std::string_view kCodes[] = {"", "36", "33", "31", "1;31"};
  const std::string_view code = kCodes[static_cast<size_t>(severity)];
  if (!colour || code.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

// Breaks at blanks; a word longer than a line stands alone.
void AppendWrapped(const std::string& text, size_t width, std::string* out) {
  const std::string first = std::string(kIndent) + "- ";
  const std::string next = std::string(kIndent) + "  ";
  size_t column = first.size();
  *out += first;
  bool at_start = true;
  for (size_t i = 0; i < text.size();) {
    const size_t blank = std::min(text.find(' ', i), text.size());
    const size_t length = blank - i;
    if (!at_start && column + 1 + length > width) {
      *out += "\n" + next;
      column = next.size();
    } else if (!at_start) {
      *out += ' ';
      ++column;
    }
    out->append(text, i, length);
    column += length;
    at_start = false;
    i = blank + 1;
  }
  *out += '\n';
}

std::string History(const Finding& f) {
  std::string text;
  if (f.standing) text = "it always was that bad";
  if (f.times > 1)
    text += (text.empty() ? "" : "; ") + ("seen " + Number(static_cast<double>(f.times)) + " times");
  if (f.silenced)
    text += (text.empty() ? "" : "; ") +
            ("silenced: " + (f.silenced_reason.empty() ? "no reason given" : f.silenced_reason));
  return text;
}

std::string Quoted(std::string text) {
  // Spreadsheets run what begins like a formula.
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos)
    text.insert(0, "'");
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

}  // namespace

std::string Table(const std::vector<Finding>& findings, const spec::Context& context,
                  const TableOptions& options) {
  struct Line {
    const Finding* finding;
    std::string host, when;
  };
  std::vector<Line> lines;
  size_t silenced = 0, left_out = 0;
  size_t host_width = 14, when_width = 4;
  for (const Finding& f : findings) {
    if (f.silenced && !options.silenced) {
      ++silenced;
    } else if (options.limit > 0 && lines.size() == options.limit) {
      ++left_out;
    } else {
      lines.push_back({&f, HostText(f), When(f, context)});
      host_width = std::max(host_width, lines.back().host.size());
      when_width = std::max(when_width, lines.back().when.size());
    }
  }
  std::string out;
  if (lines.empty())
    out += "No findings.\n";
  else
    out += fmt::format("{:>3}  {:<{}}  {:<{}}  {:>5}  {:<8}  {}\n", "#", "host (segment)", host_width, "when",
                       when_width, "score", "severity", "kind");
  for (size_t i = 0; i < lines.size(); ++i) {
    const Finding& f = *lines[i].finding;
    const std::string severity = Coloured(fmt::format("{:<8}", SeverityName(f)), f.severity, options.colour);
    out += fmt::format("{:>3}  {:<{}}  {:<{}}  {:>5.0f}  {}  {}\n", i + 1, lines[i].host, host_width,
                       lines[i].when, when_width, f.score, severity, KindName(f));
    for (const Reason& r : f.reasons)
      AppendWrapped(InWords(r, f.strongest_ts, context), static_cast<size_t>(options.width), &out);
    if (const std::string history = History(f); !history.empty())
      out += std::string(kIndent) + "(" + history + ")\n";
  }
  if (left_out > 0) out += fmt::format("{} more not shown.\n", left_out);
  if (silenced > 0) out += fmt::format("{} silenced by findings.ignore (--all shows them).\n", silenced);
  return out;
}

std::string Csv(const std::vector<Finding>& findings, const spec::Context& context) {
  std::string out =
      "rank,id,host_ip,machine_name,segment_id,first_ts,last_ts,score,severity,kind,times,standing,silenced,"
      "silenced_reason,reasons\n";
  for (size_t i = 0; i < findings.size(); ++i) {
    const Finding& f = findings[i];
    std::string reasons;
    for (const Reason& r : f.reasons)
      reasons += (reasons.empty() ? "" : "; ") + InWords(r, f.strongest_ts, context);
    out +=
        fmt::format("{},{},{},{},{},{},{},{:.2f},{},{},{},{},{},{},{}\n", i + 1, f.id, base::ToText(f.host),
                    Quoted(f.machine_name), Quoted(f.segment), base::FormatInstant(f.first_ts),
                    base::FormatInstant(f.last_ts), f.score, SeverityName(f), KindName(f), f.times,
                    f.standing ? 1 : 0, f.silenced ? 1 : 0, Quoted(f.silenced_reason), Quoted(reasons));
  }
  return out;
}

}  // namespace ndr::findings
