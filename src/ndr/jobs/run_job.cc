// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/run_job.h"

#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <optional>
#include <random>
#include <thread>
#include <tuple>

#include "ndr/base/exit_code.h"
#include "ndr/base/name.h"
#include "ndr/jobs/delta_builder.h"
#include "ndr/jobs/feature_step.h"
#include "ndr/jobs/fg_a_builder.h"
#include "ndr/jobs/fg_b_builder.h"
#include "ndr/jobs/fg_c_builder.h"
#include "ndr/jobs/projection_builder.h"
#include "ndr/jobs/stale.h"
#include "ndr/storage/dataset_reader.h"
#include "ndr/storage/layout.h"

namespace ndr::jobs {
namespace {

using arrow::Status;
using base::Micros;

/// What a job reads and writes, by the first part of the datasets' names.
struct JobFamilies {
  std::string_view own;
  std::vector<std::string_view> read;       // made under today's configuration, or the job refuses
  std::vector<std::string_view> consulted;  // checked where they are used
};

JobFamilies FamiliesOf(spec::Job job) {
  switch (job) {
    case spec::Job::kDelta:
      return {"delta", {}, {}};
    case spec::Job::kPairCounts:
      return {"pair_counts", {"delta"}, {}};
    case spec::Job::kFgA:
      return {"fg_a", {"delta", "lookback"}, {"fg_a_wide"}};
    case spec::Job::kFgB:
      return {"fg_b", {"delta", "fg_a"}, {"lookback"}};
    case spec::Job::kFgC:
      return {"fg_c", {"delta", "fg_a"}, {"fg_b"}};
  }
  return {};
}

// One run of a job: what its builder needs, and what comes before and after it.
class JobRun {
 public:
  /// `unit`: the mini-batch or reference at the instant `at`.
  JobRun(spec::Job job, const Runtime& runtime, std::string unit, Micros at, RunReport* report)
      : job_(job),
        runtime_(runtime),
        unit_(std::move(unit)),
        at_(at),
        families_(FamiliesOf(job)),
        report_(report) {}

  /// Spec, root and commits. Everything that names a wrong flag or key is found here.
  Status Open() {
    ARROW_ASSIGN_OR_RAISE(spec::LoadedJob loaded, Load());
    for (std::string& warning : loaded.warnings) report_->Note(std::move(warning));
    loaded.project.project_name = runtime_.project_name;
    loaded.project.feature_spec_version = runtime_.feature_spec_version;
    spec_ = std::move(loaded.spec);
    const std::string root = runtime_.root.empty() ? spec_.root : runtime_.root;
    if (root.empty())
      return base::UsageError(
          "nothing says where the data lie: give --root, or set outputs.root in the spec of " +
          JobName(job_));
    auto context = spec::MakeContext(std::move(loaded.project), runtime_.threads);
    if (!context.ok()) return base::UsageError(context.status().message());
    if (job_ == spec::Job::kFgC)
      if (std::string unseen = spec::NoFindingWindow((*context)->project); !unseen.empty())
        report_->Note(std::move(unseen));
    ARROW_ASSIGN_OR_RAISE(writer_, storage::Writer::Open(root));
    std::vector<std::string_view> families = families_.read;
    families.push_back(families_.own);
    families.insert(families.end(), families_.consulted.begin(), families_.consulted.end());
    ARROW_ASSIGN_OR_RAISE(published_,
                          Published::Read(writer_->root(), **context, families, Scope(**context)));
    const int64_t memory = runtime_.memory_bytes > 0 ? runtime_.memory_bytes : HalfOfTheMachine();
    state_ = {*context, writer_.get(), published_.get(), report_, runtime_.progress, memory, RunId()};
    report_->Fact("run_id", state_.run_id);
    return Status::OK();
  }

  const RunState& state() const { return state_; }
  const spec::JobSpec& spec() const { return spec_; }

  /// Agreement, then the builder's five steps; the report is written whatever comes of it.
  Status Run(BaseRunner* builder) {
    ARROW_RETURN_NOT_OK(builder->InStep("read", CheckAgreement()));
    const std::string before = HashOfOutput();
    bool ran = false;
    ARROW_RETURN_NOT_OK(WithSlotOfId(builder->Run(runtime_.replace, &ran)));
    if (!ran)
      report_->Note("nothing to do: it is published already, made from the same input and configuration");
    changed_ = HashOfOutput() != before;
    return Status::OK();
  }
  /// What is published now is not what was there before, if anything was.
  bool changed() const { return changed_; }

  /// Of these commits the records as they are now: an index of them may be behind. Who replaces one takes the
  /// old record back first, and is waited for a second.
  Status LookAgainAt(const std::vector<storage::GoneCommit>& commits) {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    for (const storage::GoneCommit& commit : commits) {
      ARROW_ASSIGN_OR_RAISE(auto now, storage::CommitLog(writer_->root()).Read(commit.key));
      while (!now && std::chrono::steady_clock::now() < patience) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        ARROW_ASSIGN_OR_RAISE(now, storage::CommitLog(writer_->root()).Read(commit.key));
      }
      if (now)
        published_->Put(*std::move(now));
      else
        published_->Remove(commit.key.family, commit.at);
    }
    return Status::OK();
  }
  /// The commit that another writer replaced while the run read it, where that is why it failed.
  std::optional<storage::GoneCommit> OvertakenAt(const Status& status) const {
    auto gone = storage::GoneCommitOf(status);
    if (!gone) return std::nullopt;
    const auto now = storage::CommitLog(writer_->root()).Read(gone->key);
    if (!now.ok() || (*now && (*now)->Hash() == gone->hash)) return std::nullopt;
    return gone;
  }

  Status Report(const Status& status) {
    const Status written = writer_->WriteWhole(
        storage::ReportPath({std::string(families_.own), runtime_.feature_spec_version, unit_}),
        report_->ToJson());
    return status.ok() ? written : status;
  }

 private:
  arrow::Result<spec::LoadedJob> Load() const {
    for (const auto& [name, value] : {std::pair("project_name", &runtime_.project_name),
                                      std::pair("feature_spec_version", &runtime_.feature_spec_version)})
      if (!base::IsName(*value))
        return base::UsageError(fmt::format(
            "{} '{}' is not 1 to 128 characters of [A-Za-z0-9._-], not beginning with a dot", name, *value));
    if (!runtime_.project_file.empty()) return OfFile();
    ARROW_ASSIGN_OR_RAISE(const auto store, spec::OpenStore(runtime_.store));
    return spec::LoadJob(store.get(), job_, runtime_.project_name, runtime_.feature_spec_version,
                         runtime_.lenient);
  }

  // What the file says of itself must be what was asked for; the default names say nothing.
  arrow::Result<spec::LoadedJob> OfFile() const {
    ARROW_ASSIGN_OR_RAISE(spec::LoadedJob loaded, spec::JobOfProjectFile(job_, runtime_.project_file));
    const spec::Project unnamed;
    for (const auto& [key, has, wanted, silent] :
         {std::tuple("project_name", loaded.project.project_name, runtime_.project_name,
                     unnamed.project_name),
          std::tuple("feature_spec_version", loaded.project.feature_spec_version,
                     runtime_.feature_spec_version, unnamed.feature_spec_version)})
      if (has != silent && has != wanted)
        return base::UsageError(
            fmt::format("{}: {} is '{}', and '{}' was asked for", runtime_.project_file, key, has, wanted));
    return loaded;
  }

  // FG-A looks back as far as its longest window and the look-back before it, FG-C as its longest window, a
  // reference at everything.
  Published::Scope Scope(const spec::Context& context) const {
    const Micros window = context.catalogue->windows().back().slices * base::kSliceMicros,
                 lookback = context.project.lookback.days * base::kMicrosPerDay +
                            context.project.data_quality.allowed_lateness;
    if (job_ == spec::Job::kFgB) return {};
    if (job_ == spec::Job::kFgA) return {at_ - window - lookback, at_};
    return {job_ == spec::Job::kFgC ? at_ - window : at_, at_};
  }

  // An id that another slot has is no race: running again would not help.
  Status WithSlotOfId(const Status& status) const {
    if (!status.IsAlreadyExists()) return status;
    const auto there = storage::CommitLog(writer_->root())
                           .Read({std::string(families_.own), runtime_.feature_spec_version, unit_});
    if (!there.ok() || !*there || (*there)->at == at_) return status;
    return base::ContractViolation(fmt::format(
        "the mini-batch id '{}' belongs to the slot {} already, and an id names one slot: give another id",
        unit_, base::FormatInstant((*there)->at)));
  }

  std::string HashOfOutput() const {
    const storage::CommitRecord* record = published_->Find(families_.own, at_);
    return record == nullptr ? "" : record->Hash();
  }

  Status CheckAgreement() const {
    for (const std::string_view family : families_.read)
      ARROW_RETURN_NOT_OK(published_->CheckAgreement(family));
    return runtime_.replace ? Status::OK() : published_->CheckAgreement(families_.own);
  }

  // Names a run in messages and reports; nothing that is published depends on it.
  std::string RunId() const { return fmt::format("{}-{:08x}", unit_, std::random_device()()); }

  spec::Job job_;
  const Runtime& runtime_;
  std::string unit_;
  Micros at_;
  bool changed_ = false;
  JobFamilies families_;
  RunReport* report_;
  spec::JobSpec spec_;
  std::unique_ptr<storage::Writer> writer_;
  std::unique_ptr<Published> published_;
  RunState state_;
};

Status CheckSlot(const SliceRuntime& runtime) {
  if (!base::IsName(runtime.mini_batch_id))
    return base::UsageError("mini_batch_id '" + runtime.mini_batch_id +
                            "' is not 1 to 128 characters of [A-Za-z0-9._-], not beginning with a dot");
  if (runtime.batch_start >= runtime.batch_end)
    return base::UsageError("the batch ends at " + base::FormatInstant(runtime.batch_end) +
                            ", not after its start, " + base::FormatInstant(runtime.batch_start));
  const bool one_slice = base::SliceStart(runtime.batch_start) == runtime.batch_start &&
                         runtime.batch_end - runtime.batch_start == base::kSliceMicros;
  if (one_slice) return Status::OK();
  return base::UsageError(
      fmt::format("{} to {} is not one slice: a batch is 15 minutes that begin on a quarter of an hour "
                  "(UTC), such as {} to {}",
                  base::FormatInstant(runtime.batch_start), base::FormatInstant(runtime.batch_end),
                  base::FormatInstant(base::SliceStart(runtime.batch_start)),
                  base::FormatInstant(base::SliceStart(runtime.batch_start) + base::kSliceMicros)));
}

Status CheckTimes(const BaselineRuntime& runtime) {
  for (const auto& [what, t] :
       {std::pair("the reference time", runtime.reference_time),
        std::pair("the backfill's start", runtime.start), std::pair("the backfill's end", runtime.end)})
    if (base::SliceStart(t) != t)
      return base::UsageError(
          fmt::format("{}, {}, is no slice boundary: it must lie on a quarter of an hour (UTC), "
                      "such as {}",
                      what, base::FormatInstant(t), base::FormatInstant(base::SliceStart(t))));
  if (runtime.backfill && runtime.start >= runtime.end)
    return base::UsageError(fmt::format("a backfill's start, {}, must lie before its end, {}",
                                        base::FormatInstant(runtime.start),
                                        base::FormatInstant(runtime.end)));
  return Status::OK();
}

void NoteAll(const arrow::Result<std::vector<std::string>>& notes, RunReport* report) {
  if (!notes.ok()) return report->Note("what is stale now could not be read: " + notes.status().message());
  for (const std::string& note : *notes) report->Note(note);
}

// What was made from an earlier form of this commit.
void NoteStale(const JobRun& run, std::string_view family, Micros at) {
  if (!run.changed()) return;
  const storage::CommitRecord* now = run.state().published->Find(family, at);
  const storage::InputEntry entry = Published::AsInput(*now);
  NoteAll(StaleAfter(run.state().root(), *run.state().context, entry.name, entry.sha256, at),
          run.state().report);
}

// Batches that are replaced faster than they are read, so often, are an error too.
constexpr int kTries = 10;

// Runs a job, and again from its beginning where what it reads was replaced meanwhile: the record of what it
// makes names the very commits that it was made from.
template <class Builder, class JobRuntime>
Status RunAsItStands(spec::Job job, const JobRuntime& runtime, const std::string& unit, Micros at,
                     RunReport* report, const std::function<Status(const JobRun&)>& after) {
  std::vector<storage::GoneCommit> overtaken;
  for (int i = 1;; ++i) {
    JobRun run(job, runtime, unit, at, report);
    ARROW_RETURN_NOT_OK(run.Open());
    ARROW_RETURN_NOT_OK(run.LookAgainAt(overtaken));
    Builder builder(run.state(), run.spec(), runtime);
    Status status = run.Run(&builder);
    if (status.ok() && after) status = after(run);
    const auto gone = i == kTries ? std::nullopt : run.OvertakenAt(status);
    if (!gone) return run.Report(status);
    overtaken.push_back(*gone);
    *report = RunReport(JobName(job));
    report->Note("began again: another run replaced what this one was reading");
  }
}

template <class Builder>
Status RunOnSlice(spec::Job job, const SliceRuntime& runtime, RunReport* report,
                  const std::function<Status(const JobRun&)>& after) {
  ARROW_RETURN_NOT_OK(CheckSlot(runtime));
  return RunAsItStands<Builder>(job, runtime, runtime.mini_batch_id, runtime.batch_start, report, after);
}

}  // namespace

Status RunDelta(const SliceRuntime& runtime, RunReport* report) {
  if (!runtime.inputs.empty() && !runtime.raw_parsed_logs_prefix.empty())
    return base::UsageError(
        "--input and --raw-parsed-logs-prefix both say where the batch's logs are; leave one of them out");
  return RunOnSlice<DeltaBuilder>(spec::Job::kDelta, runtime, report, [&](const JobRun& run) {
    report->Count(run.state().published->Find("delta", runtime.batch_start)->counters);
    if (run.changed())
      NoteAll(StaleAfterDelta(run.state().root(), *run.state().context, runtime.batch_start), report);
    return Status::OK();
  });
}

Status RunPairCounts(const SliceRuntime& runtime, RunReport* report) {
  return RunOnSlice<PairCountsBuilder>(spec::Job::kPairCounts, runtime, report, nullptr);
}

Status RunFgA(const SliceRuntime& runtime, RunReport* report) {
  return RunOnSlice<FgABuilder>(spec::Job::kFgA, runtime, report, [&](const JobRun& run) {
    NoteStale(run, "fg_a", runtime.batch_start);
    std::vector<catalogue::Dataset> served = {catalogue::Dataset::kFgA};
    if (run.state().context->project.keep.fg_a_wide) {
      // A run that was killed before it left this to the next one.
      ARROW_RETURN_NOT_OK(
          CommitProjection(run.state(), WideProjection(), runtime.batch_start, runtime.batch_end));
      served.push_back(catalogue::Dataset::kFgAWide);
    }
    return ServeFeatures(run.state(), run.spec(), runtime.batch_start, served);
  });
}

Status RunFgC(const SliceRuntime& runtime, RunReport* report) {
  return RunOnSlice<FgCBuilder>(spec::Job::kFgC, runtime, report, [&](const JobRun& run) {
    return ServeFeatures(run.state(), run.spec(), runtime.batch_start, {catalogue::Dataset::kFgCHost});
  });
}

Status RunFgB(const BaselineRuntime& runtime, RunReport* report) {
  ARROW_RETURN_NOT_OK(CheckTimes(runtime));
  const Micros reference = runtime.backfill ? runtime.end : runtime.reference_time;
  return RunAsItStands<FgBBuilder>(spec::Job::kFgB, runtime, base::FormatCompact(reference), reference,
                                   report, [&](const JobRun& run) {
                                     NoteStale(run, "fg_b", reference);
                                     return Status::OK();
                                   });
}

}  // namespace ndr::jobs
