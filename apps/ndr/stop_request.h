// SPDX-License-Identifier: Apache-2.0
// Ctrl-C during long work.
#pragma once

namespace ndr::app {

/// While it lives, the first SIGINT or SIGTERM is noted for the work to end at its next step; a second one
/// ends the process at once. Several that live at a time see the same signal.
class StopRequest {
 public:
  StopRequest();
  ~StopRequest();
  StopRequest(const StopRequest&) = delete;
  StopRequest& operator=(const StopRequest&) = delete;

  /// The signal that came, 0: none so far.
  int signal() const;
};

}  // namespace ndr::app
