// SPDX-License-Identifier: Apache-2.0
// How a run ends: 0 done, 1 runtime failure, 2 usage, 3 contract violation (specification 4, Jobs), 128 + n
// stopped by signal n.
#pragma once

#include <arrow/status.h>

#include <memory>
#include <string>
#include <utility>

namespace ndr::base {

inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitContract = 3;

/// Carries the exit code through a Status.
class ExitDetail : public arrow::StatusDetail {
 public:
  explicit ExitDetail(int code) : code_(code) {}
  const char* type_id() const override { return "ndr::base::ExitDetail"; }
  std::string ToString() const override { return "exit code " + std::to_string(code_); }
  int code() const { return code_; }

 private:
  int code_;
};

/// A wrong flag, file name or project key: the message says what is right.
inline arrow::Status UsageError(std::string message) {
  return {arrow::StatusCode::Invalid, std::move(message), std::make_shared<ExitDetail>(kExitUsage)};
}
/// Input, schema, parity, configuration or a dependency is not what was agreed: nothing is published.
inline arrow::Status ContractViolation(std::string message) {
  return {arrow::StatusCode::Invalid, std::move(message), std::make_shared<ExitDetail>(kExitContract)};
}
/// What a check of the output says, as a contract violation.
inline arrow::Status AsViolation(const arrow::Status& check) {
  return check.ok() ? check : ContractViolation(check.message());
}
/// Ended on request of the user, by a signal such as Ctrl-C.
inline arrow::Status Stopped(int signal, std::string message) {
  return {arrow::StatusCode::Cancelled, std::move(message), std::make_shared<ExitDetail>(128 + signal)};
}
inline int ExitCode(const arrow::Status& status) {
  if (status.ok()) return 0;
  const auto* detail = dynamic_cast<const ExitDetail*>(status.detail().get());
  return detail == nullptr ? kExitFailure : detail->code();
}

}  // namespace ndr::base
