// SPDX-License-Identifier: Apache-2.0
// Reading a batch that may be replaced meanwhile (specification 4, Storage: a reader whose listed object is
// gone reads the commit record again).
#pragma once

#include <arrow/result.h>

#include <functional>
#include <string>

#include "ndr/storage/commit.h"

namespace ndr::storage {

/// For whoever looks: calls `read` with a commit, and again with its record as it is now where a file was
/// gone (KeyError) because its batch was replaced; not again where the batch was withdrawn, which is OK.
/// `read` gives nothing away before it has all. A file that is gone while its record stands is the KeyError
/// that `read` gave. A job, which writes down what it read, begins again as a whole (jobs/run_job.cc).
arrow::Status ReadAsItIsNow(const std::string& root, const CommitRecord& commit,
                            const std::function<arrow::Status(const CommitRecord&)>& read);

}  // namespace ndr::storage
