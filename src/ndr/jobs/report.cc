// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/report.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "ndr/findings/words.h"

namespace ndr::jobs {

void RunReport::AddStep(std::string_view name, double seconds, int64_t rows_in, int64_t rows_out) {
  const std::lock_guard lock(*mutex_);
  auto step = std::find_if(steps_.begin(), steps_.end(), [&](const StepReport& s) { return s.name == name; });
  if (step == steps_.end()) step = steps_.insert(steps_.end(), {std::string(name)});
  step->seconds += seconds;
  step->rows_in += rows_in;
  step->rows_out += rows_out;
}

void RunReport::Count(const base::Counters& counters) {
  const std::lock_guard lock(*mutex_);
  counters_.Add(counters);
}

void RunReport::Note(std::string text) {
  const std::lock_guard lock(*mutex_);
  notes_.push_back(std::move(text));
}

void RunReport::Fail(std::string_view step, std::string cause) {
  const std::lock_guard lock(*mutex_);
  if (!failed_step_.empty()) return;
  failed_step_ = step;
  cause_ = std::move(cause);
}

std::string RunReport::ToJson() const {
  nlohmann::ordered_json json;
  json["job"] = job_;
  json["facts"] = facts_;
  if (!failed_step_.empty()) json["failed"] = {{"step", failed_step_}, {"cause", cause_}};
  json["counters"] = counters_.values();
  json["steps"] = nlohmann::ordered_json::array();
  for (const StepReport& s : steps_) {
    const double rate = s.seconds > 0 ? static_cast<double>(s.rows_in) / s.seconds : 0;
    json["steps"].push_back({{"name", s.name},
                             {"seconds", s.seconds},
                             {"rows_in", s.rows_in},
                             {"rows_out", s.rows_out},
                             {"rows_per_second", rate}});
  }
  json["bytes_written"] = bytes_;
  json["peak_memory_bytes"] = PeakMemoryBytes();
  json["notes"] = notes_;
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string RunReport::ToText() const {
  std::string text;
  auto out = std::back_inserter(text);
  fmt::format_to(out, "Run report: {}\n", job_);
  for (const auto& [name, value] : facts_) fmt::format_to(out, "  {:<26} {}\n", name, value);
  fmt::format_to(out, "  {:<26} {:>10} {:>14} {:>14} {:>12}\n", "step", "seconds", "rows in", "rows out",
                 "rows/s");
  for (const StepReport& s : steps_) {
    fmt::format_to(out, "  {:<26} {:>10.3f}", s.name, s.seconds);
    // Not every step counts rows.
    if (s.rows_in > 0 || s.rows_out > 0) fmt::format_to(out, " {:>14} {:>14}", s.rows_in, s.rows_out);
    if (s.rows_in > 0 && s.seconds > 0)
      fmt::format_to(out, " {:>12.0f}", static_cast<double>(s.rows_in) / s.seconds);
    text += "\n";
  }
  for (const auto& [name, n] : counters_.values())
    if (n != 0) fmt::format_to(out, "  {:<40} {:>14}\n", name, n);
  for (const auto& [dataset, bytes] : bytes_)
    fmt::format_to(out, "  written to {:<29} {:>14}\n", dataset, findings::Bytes(static_cast<double>(bytes)));
  fmt::format_to(out, "  {:<40} {:>14}\n", "peak memory",
                 findings::Bytes(static_cast<double>(PeakMemoryBytes())));
  return text;
}

StepTimer::~StepTimer() {
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start_;
  report_->AddStep(name_, seconds.count(), rows_in_, rows_out_);
}

int64_t PeakMemoryBytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<int64_t>(usage.ru_maxrss) * 1024;
}

int64_t HalfOfTheMachine() {
  return static_cast<int64_t>(sysconf(_SC_PHYS_PAGES)) / 2 * sysconf(_SC_PAGE_SIZE);
}

}  // namespace ndr::jobs
