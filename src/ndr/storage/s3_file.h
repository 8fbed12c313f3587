// SPDX-License-Identifier: Apache-2.0
// An S3 object as a file that is read in parts.
#pragma once

#include <arrow/io/interfaces.h>

#include "ndr/storage/s3_client.h"

namespace ndr::storage {

/// Up to 8 MiB the object comes whole with the first read; of a larger one its last 64 KiB are kept (a
/// Parquet footer), any other part is one request. It must not change while it is read: then IOError. `bytes`
/// and `etag` (may be empty) are its size and tag.
std::shared_ptr<arrow::io::RandomAccessFile> S3File(std::shared_ptr<S3Client> client, std::string key,
                                                    int64_t bytes, std::string etag);

}  // namespace ndr::storage
