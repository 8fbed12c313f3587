// SPDX-License-Identifier: Apache-2.0
// The object store over a prefix of an S3 bucket.
#pragma once

#include "ndr/storage/object_store.h"
#include "ndr/storage/s3_client.h"

namespace ndr::storage {

/// The process's own client of a bucket, made when it is first asked for.
std::shared_ptr<S3Client> ClientOf(const std::string& bucket);

/// `prefix`: without slashes at its ends; empty for the whole bucket.
std::shared_ptr<ObjectStore> OpenS3(const std::string& bucket, const std::string& prefix,
                                    std::shared_ptr<S3Client> client);

}  // namespace ndr::storage
