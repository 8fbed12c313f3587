// SPDX-License-Identifier: Apache-2.0
// The XML of S3's answers.
#pragma once

#include <arrow/result.h>

#include "ndr/aws/client.h"
#include "ndr/storage/object_store.h"

namespace ndr::storage {

/// One page of ListObjectsV2; names are whole keys.
struct ListPage {
  std::vector<ObjectInfo> objects;
  std::vector<std::string> prefixes;  ///< CommonPrefixes, each with its slash
  std::string next;                   ///< continuation token; empty on the last page
};

/// One page of ListMultipartUploads; names are whole keys.
struct UploadPage {
  std::vector<UnfinishedUpload> uploads;
  std::string next_key, next_id;  ///< markers; empty on the last page
};

/// `<Error><Code>NoSuchKey</Code>...`; no name where the body is something else. For aws::Client.
aws::ErrorName XmlError(const std::string& body);
/// Invalid: the body is no such answer.
arrow::Result<ListPage> ParseListPage(const std::string& body);
arrow::Result<UploadPage> ParseUploadPage(const std::string& body);

}  // namespace ndr::storage
