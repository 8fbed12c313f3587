// SPDX-License-Identifier: Apache-2.0
// Commands that do what a test says: they know some verbs and flags, record their calls, fail and wait.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "ndr/base/exit_code.h"
#include "ndr/pipeline/commands.h"

namespace ndr::pipeline {

class ScriptedCommands : public Commands {
 public:
  /// What a verb does; verbs without an entry succeed.
  std::map<std::string, std::function<arrow::Status()>> verbs;
  std::set<std::string> known_verbs = {"delta", "pair-counts", "fg-a", "fg-b", "fg-c"};
  std::set<std::string> unknown_flags;

  arrow::Status Parse(const Arguments& arguments) const override {
    if (!known_verbs.contains(arguments.front()))
      return base::UsageError("there is no verb " + arguments.front());
    for (const std::string& argument : arguments)
      if (unknown_flags.contains(argument))
        return base::UsageError("The following argument was not expected: " + argument);
    return arrow::Status::OK();
  }

  arrow::Status Execute(const Arguments& arguments) const override {
    {
      const std::lock_guard lock(mutex_);
      calls_.push_back(arguments);
    }
    const auto verb = verbs.find(arguments.front());
    return verb == verbs.end() ? arrow::Status::OK() : verb->second();
  }

  std::vector<Arguments> calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  /// The verbs that were called, in the order in which they began.
  std::vector<std::string> called() const {
    std::vector<std::string> out;
    for (const Arguments& call : calls()) out.push_back(call.front());
    return out;
  }
  /// The value that a call gave a flag; empty: none.
  static std::string FlagOf(const Arguments& call, const std::string& flag) {
    const auto at = std::ranges::find(call, flag);
    return at == call.end() || at + 1 == call.end() ? "" : *(at + 1);
  }

 private:
  mutable std::mutex mutex_;
  mutable std::vector<Arguments> calls_;
};

/// Lets threads wait for each other.
class Gate {
 public:
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    wake_.notify_all();
  }
  /// False after ten seconds: what should have opened it did not.
  bool Wait() {
    std::unique_lock lock(mutex_);
    return wake_.wait_for(lock, std::chrono::seconds(10), [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool open_ = false;
};

}  // namespace ndr::pipeline
