// SPDX-License-Identifier: Apache-2.0
#include "stop_request.h"

#include <atomic>
#include <csignal>
#include <iterator>
#include <mutex>

namespace ndr::app {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM};

std::mutex counting;
int alive = 0;
struct sigaction before[std::size(kSignals)];
std::atomic<int> noted = 0;
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may not wait for a lock");

void Note(int signal) { noted = signal; }

}  // namespace

StopRequest::StopRequest() {
  const std::lock_guard lock(counting);
  if (alive++ > 0) return;
  noted = 0;
  struct sigaction action {};
  action.sa_handler = Note;
  // The second one finds the system's own handling again.
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    sigaction(kSignals[i], &action, &before[i]);
    // Who started the process in the background may have had them ignored.
    if (before[i].sa_handler == SIG_IGN) sigaction(kSignals[i], &before[i], nullptr);
  }
}

StopRequest::~StopRequest() {
  const std::lock_guard lock(counting);
  if (--alive > 0) return;
  for (size_t i = 0; i < std::size(kSignals); ++i) sigaction(kSignals[i], &before[i], nullptr);
}

int StopRequest::signal() const { return noted; }

}  // namespace ndr::app
