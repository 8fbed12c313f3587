// SPDX-License-Identifier: Apache-2.0
// The one way this engine uses several threads.
#pragma once

#include <arrow/status.h>

#include <cstddef>
#include <functional>

namespace ndr::base {

/// Runs `work(i)` for each i in [0, count) on up to `threads` threads; 0 means one per core. Work is handed
/// out in order of i. Returns the error of the lowest i that failed; work not begun by then is skipped. An
/// exception in `work` becomes UnknownError. Whatever `work` does must depend on i alone, so that results
/// never depend on the number of threads.
arrow::Status ForEachPartition(size_t count, int threads, const std::function<arrow::Status(size_t)>& work);

/// The same with an ordered second half: `consume(i)` runs on the calling thread for i = 0, 1, 2, ... as soon
/// as work(i) is done, while work on at most `ahead` later partitions goes on. For pipelines that must emit
/// in order in bounded memory.
arrow::Status ForEachPartitionInOrder(size_t count, int threads, size_t ahead,
                                      const std::function<arrow::Status(size_t)>& work,
                                      const std::function<arrow::Status(size_t)>& consume);

/// The number that `threads` = 0 stands for.
int DefaultThreads();

}  // namespace ndr::base
