// SPDX-License-Identifier: Apache-2.0
#include "terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace ndr::app {
namespace {

constexpr int kBarWidth = 30;
constexpr int64_t kShowEveryMs = 100;

int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO) == 1) {}
ProgressLine::~ProgressLine() { Clear(); }

void ProgressLine::Show(std::string_view step, int64_t done, int64_t total) {
  const int64_t now = NowMs();
  if (!terminal_ || (now - last_shown_ms_ < kShowEveryMs && done < total)) return;
  last_shown_ms_ = now;
  shown_ = true;
  const double share =
      total > 0 ? std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0) : 0;
  const auto filled = static_cast<size_t>(share * kBarWidth);
  const std::string bar = std::string(filled, '#') + std::string(kBarWidth - filled, '.');
  fmt::print(stderr, "\r\x1b[K{:<24} [{}] {:>3.0f} %", step, bar, share * 100);
  std::fflush(stderr);
}

void ProgressLine::Clear() {
  if (!shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  shown_ = false;
}

bool ColourWanted() { return isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr; }

std::string FindingsTable(std::vector<findings::Finding> found, const spec::Context& context,
                          const findings::TableOptions& options) {
  for (findings::Finding& finding : found) {
    for (std::string* text : {&finding.machine_name, &finding.segment, &finding.silenced_reason})
      *text = base::Printable(*text);
    for (findings::Reason& reason : finding.reasons) reason.at = base::Printable(reason.at);
  }
  return findings::Table(found, context, options);
}

int TerminalColumns() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 60) return 100;
  return std::min<int>(size.ws_col, 160);
}

}  // namespace ndr::app
