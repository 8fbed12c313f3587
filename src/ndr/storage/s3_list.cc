// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/s3_list.h"

#include <iterator>

namespace ndr::storage {
namespace {

using arrow::Result;
using arrow::Status;

// A page of a list; `parse` reads its body.
template <class Page>
Result<Page> AskForPage(S3Client* client, const Purpose& purpose, const std::string& prefix,
                        aws::Fields query, Result<Page> (*parse)(const std::string&)) {
  aws::Request request;
  request.method = "GET";
  request.query = std::move(query);
  ARROW_ASSIGN_OR_RAISE(const aws::Answer answer, client->Send(purpose, "", std::move(request)));
  if (!answer.ok()) return client->Error(purpose, prefix, answer);
  Result<Page> page = parse(answer.body);
  if (page.ok()) return page;
  return Status::IOError("s3://", client->bucket(), "/", prefix, ": cannot ", purpose.action, ": ",
                         page.status().message());
}

}  // namespace

Result<ListPage> ListAll(S3Client* client, const std::string& prefix, bool by_folder) {
  ListPage all;
  do {
    aws::Fields query = {{"list-type", "2"}, {"encoding-type", "url"}};
    if (!prefix.empty()) query.emplace_back("prefix", prefix);
    if (by_folder) query.emplace_back("delimiter", "/");
    if (!all.next.empty()) query.emplace_back("continuation-token", all.next);
    ARROW_ASSIGN_OR_RAISE(ListPage page, AskForPage(client, {"list", "s3:ListBucket"}, prefix,
                                                    std::move(query), &ParseListPage));
    if (!page.next.empty() && page.next == all.next)
      return Status::IOError("s3://", client->bucket(), "/", prefix,
                             ": the list gives one page again and again");
    std::move(page.objects.begin(), page.objects.end(), std::back_inserter(all.objects));
    std::move(page.prefixes.begin(), page.prefixes.end(), std::back_inserter(all.prefixes));
    all.next = std::move(page.next);
  } while (!all.next.empty());
  return all;
}

Result<std::vector<UnfinishedUpload>> ListUploads(S3Client* client, const std::string& prefix) {
  std::vector<UnfinishedUpload> all;
  UploadPage page;
  do {
    aws::Fields query = {{"uploads", ""}, {"encoding-type", "url"}};
    if (!prefix.empty()) query.emplace_back("prefix", prefix);
    if (!page.next_key.empty()) {
      query.emplace_back("key-marker", page.next_key);
      query.emplace_back("upload-id-marker", page.next_id);
    }
    const std::string before = page.next_key + "\n" + page.next_id;
    ARROW_ASSIGN_OR_RAISE(page, AskForPage(client, {"list uploads", "s3:ListBucketMultipartUploads"}, prefix,
                                           std::move(query), &ParseUploadPage));
    if (!page.next_key.empty() && page.next_key + "\n" + page.next_id == before)
      return Status::IOError("s3://", client->bucket(), "/", prefix,
                             ": the list gives one page again and again");
    std::move(page.uploads.begin(), page.uploads.end(), std::back_inserter(all));
  } while (!page.next_key.empty());
  return all;
}

Status AbortUpload(S3Client* client, const UnfinishedUpload& upload) {
  const Purpose purpose{"abort the upload", "s3:AbortMultipartUpload"};
  aws::Request request;
  request.method = "DELETE";
  request.query = {{"uploadId", upload.id}};
  ARROW_ASSIGN_OR_RAISE(const aws::Answer answer, client->Send(purpose, upload.name, std::move(request)));
  if (answer.ok() || answer.error.name == "NoSuchUpload") return Status::OK();
  return client->Error(purpose, upload.name, answer);
}

}  // namespace ndr::storage
