// SPDX-License-Identifier: Apache-2.0
// Host partials written under older names (specification 2): `bytes_sent_sum` and `bytes_recv_sum` count from
// the host, where `bytes_src_sum` and `bytes_dst_sum` count from the session's source, so they are swapped
// for inbound rows; `drop_cnt` is `deny_cnt`.
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <memory>
#include <string>
#include <vector>

namespace ndr::storage {

/// What is read from a file with the columns `file` besides the columns `wanted`, so that AddCurrentNames can
/// work. Empty for files of the current names.
std::vector<std::string> OlderNames(const std::vector<std::string>& file, const arrow::Schema& wanted);

/// Adds the columns of the current names that follow from the older ones. Where a column stands under both,
/// they must be equal: Invalid names the column and the first row that differs. A column without its partner,
/// or of another type than int64 without nulls, is Invalid too.
arrow::Result<std::shared_ptr<arrow::RecordBatch>> AddCurrentNames(std::shared_ptr<arrow::RecordBatch> batch);

}  // namespace ndr::storage
