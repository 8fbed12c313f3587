// SPDX-License-Identifier: Apache-2.0
// Lists of an S3 bucket, all their pages.
#pragma once

#include "ndr/storage/s3_client.h"
#include "ndr/storage/s3_xml.h"

namespace ndr::storage {

/// Everything whose key begins with `prefix`; with `by_folder` only up to the next slash: what lies deeper
/// is one of `prefixes`. KeyError: no such bucket.
arrow::Result<ListPage> ListAll(S3Client* client, const std::string& prefix, bool by_folder);
/// Multipart uploads that were begun and neither completed nor aborted.
arrow::Result<std::vector<UnfinishedUpload>> ListUploads(S3Client* client, const std::string& prefix);
/// OK where there is none.
arrow::Status AbortUpload(S3Client* client, const UnfinishedUpload& upload);

}  // namespace ndr::storage
