// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/found_logs.h"

#include <fmt/format.h>

#include "ndr/base/exit_code.h"

namespace ndr::jobs {

using arrow::Status;

arrow::Result<FoundLogs> FindLogs(LogReader* reader, const std::vector<storage::InputPath>& files,
                                  RunReport* report) {
  FoundLogs found;
  int64_t passed_over = 0;
  for (const storage::InputPath& file : files) {
    const auto source = reader->Recognise(file.path);
    if (source.ok()) {
      found.logs.push_back({file.path, *source, file.bytes});
      continue;
    }
    if (!source.status().IsInvalid())
      return source.status().WithMessage(source.status().message(),
                                         "; make it readable, or take it out of the input");
    if (file.named) return base::UsageError(source.status().message());
    if (++passed_over == 1) found.passed_over = source.status().message();
  }
  if (passed_over > 0 && !found.logs.empty())
    report->Note(fmt::format("passed over what is no log ({} of {} files): {}", passed_over, files.size(),
                             found.passed_over));
  report->counters().Add("files_read", static_cast<int64_t>(found.logs.size()));
  report->counters().Add("files_passed_over", passed_over);
  return found;
}

void NoteAssumedZone(const spec::Context& context, RunReport* report) {
  const int64_t times = report->counters().Get("assumed_zone_times");
  if (times == 0) return;
  const bool some = !context.project.source_timezone.by_device.empty();
  report->Note(
      fmt::format("{} times without a zone were read in the calendar's, {}{}; --source-timezone, or "
                  "source_timezone of the "
                  "project, names another",
                  times, context.calendar.zone().name(), some ? ": their devices are not in the map" : ""));
}

}  // namespace ndr::jobs
