// SPDX-License-Identifier: Apache-2.0
// Where things lie below a root (specification 1, Datasets on storage). Every path here is relative to the
// root.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/base/time.h"
#include "ndr/catalogue/catalogue.h"

namespace ndr::storage {

/// The folder of one file: a dataset, a version, and a slice (FG-B: a reference time; look-back: a day).
struct Place {
  catalogue::Dataset dataset = catalogue::Dataset::kDeltaHost;
  std::string version;
  std::string horizon;  ///< FG-B, fg_c/host and fg_c/pair; else empty
  base::Micros at = 0;  ///< start of the slice or day; FG-B: reference time
};

/// `fg_a/feature_spec_version=v1/dt=2024-04-20/hh=12/mm=00`,
/// `fg_b/pair/host/feature_spec_version=v1/baseline_horizon=7d/reference_ts=...`
std::string FolderOf(const Place& place);
/// The slice (or day) of a file's path by its partitions; nullopt where it has none (FG-B).
std::optional<base::Micros> SliceOfPath(std::string_view path);
/// Whether a dataset is one of the FG-B tables, whose files are `part-NNNN-<h>.parquet`.
bool IsBaseline(catalogue::Dataset dataset);

/// The commits of a dataset stand under its family.
using catalogue::FamilyOf;

/// What one commit record makes visible: all tables and horizons of a batch or a reference.
struct CommitKey {
  std::string family;
  std::string version;
  std::string id;  ///< the mini-batch's id, or reference_ts
};
std::string CommitFolder(std::string_view family, std::string_view version);
std::string CommitPath(const CommitKey& key);
/// `_reports/` by the same path.
std::string ReportPath(const CommitKey& key);
/// `input_sha256`: of the log file's bytes.
std::string QuarantinePath(std::string_view version, std::string_view input_sha256);

}  // namespace ndr::storage
