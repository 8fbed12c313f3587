// SPDX-License-Identifier: Apache-2.0
// fg_b_builder: what is normal, at one reference time; from committed FG-A, or from windows rebuilt from
// delta.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ndr/jobs/fg_a_source.h"
#include "ndr/jobs/horizon_tables.h"
#include "ndr/jobs/machine_mapping.h"
#include "ndr/jobs/runner.h"
#include "ndr/jobs/runtime.h"

namespace ndr::jobs {

/// The facts of a reference's commit that name its horizons: `horizon.7d` is `<start>..<end>`.
inline constexpr std::string_view kHorizonFact = "horizon.";

class FgBBuilder : public BaseRunner {
 public:
  FgBBuilder(const RunState& run, const spec::JobSpec& spec, const BaselineRuntime& runtime);
  /// These horizons at this time, whatever the project names.
  FgBBuilder(const RunState& run, base::Micros reference, std::vector<spec::Horizon> horizons,
             bool from_delta);

  /// Contract violations: a backfill where a regular reference stands, and the other way round; a machine
  /// mapping that is required and absent.
  arrow::Result<bool> IsCurrent() override;

 protected:
  /// A horizon without one committed slice is left out and named; none left: a contract violation.
  arrow::Status Read() override;
  arrow::Status CheckQuality() override;
  arrow::Status Build() override;
  arrow::Status Validate() override;
  arrow::Status Stage(CommitGroup* group) override;

 private:
  storage::CommitRecord Draft() const;
  arrow::Status AddSegments();
  arrow::Status AddPairs();
  arrow::Status AddPairsOnce(StepTimer* timer);
  // The contract violation; `before`: committed slices before the last horizon's end.
  arrow::Status NothingInHorizons(const std::vector<base::Micros>& before) const;
  // The last slot whose mini-batch ends by the reference time.
  base::Micros LastSlot() const { return reference_ - base::kSliceMicros; }

  base::Micros reference_;
  std::vector<spec::Horizon> horizons_;
  bool backfill_ = false;
  base::Micros start_ = 0, end_ = 0;  // the union of the horizons' ranges
  std::unique_ptr<FgASource> source_;
  MachineMapping machines_;
  std::shared_ptr<const baselines::Plan> plan_;
  std::unique_ptr<storage::Publication> publication_;
  std::vector<std::unique_ptr<HorizonTables>> tables_;
  storage::CommitRecord record_;
};

}  // namespace ndr::jobs
