// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/s3_list.h"

#include "scripted_s3.h"

namespace ndr::storage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

using S3ListTest = ScriptedS3;

std::string Page(const std::string& inside, const std::string& next = "") {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
         "<ListBucketResult "
         "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><EncodingType>url</EncodingType>" +
         inside + "<IsTruncated>" + (next.empty() ? "false" : "true") + "</IsTruncated>" +
         (next.empty() ? "" : "<NextContinuationToken>" + next + "</NextContinuationToken>") +
         "</ListBucketResult>";
}
std::string Entry(const std::string& key, int bytes = 1) {
  return "<Contents><Key>" + key + "</Key><LastModified>2026-01-02T03:04:05.678Z</LastModified><Size>" +
         std::to_string(bytes) + "</Size></Contents>";
}
std::string Folder(const std::string& prefix) {
  return "<CommonPrefixes><Prefix>" + prefix + "</Prefix></CommonPrefixes>";
}

TEST_F(S3ListTest, PagesAreFollowedAndNamesAreRelativeAndSorted) {
  Answers({aws::Response{200, Page(Entry("ndr/c/b") + Entry("ndr/c/d/e", 7), "t+/=")},
           aws::Response{200, Page(Entry("ndr/c/a"))}});
  const auto objects = store_->List("c").ValueOrDie();
  ASSERT_EQ(objects.size(), 3u);
  EXPECT_EQ(objects[0].name, "c/a");
  EXPECT_EQ(objects[1].name, "c/b");
  EXPECT_EQ(objects[2].name, "c/d/e");
  EXPECT_EQ(objects[2].bytes, 7);
  // 2026-01-02T03:04:05Z is 1767323045 s after 1970: date -u -d 2026-01-02T03:04:05Z +%s
  EXPECT_EQ(objects[0].modified_micros, 1'767'323'045'678'000);
  EXPECT_THAT(Asked(0).query,
              ElementsAre(Pair("list-type", "2"), Pair("encoding-type", "url"), Pair("prefix", "ndr/c/")));
  EXPECT_THAT(Asked(1).query, testing::Contains(Pair("continuation-token", "t+/=")));
  EXPECT_EQ(Asked(0).path, "/lake");
}

TEST_F(S3ListTest, KeysAreDecoded) {
  // A blank as + or %20, a plus as %2B, '=' raw or as %3D, a lone % of no code, and a name in UTF-8.
  Answers({aws::Response{200, Page(Entry("ndr/dt%3D2026/a+b%20c") + Entry("ndr/dt=2026/1%2B1") +
                                   Entry("ndr/%C3%A9%zz") + Entry("ndr/x&amp;y"))}});
  std::vector<std::string> names;
  for (const auto& object : store_->List("").ValueOrDie()) names.push_back(object.name);
  EXPECT_THAT(names, ElementsAre("dt=2026/1+1", "dt=2026/a b c", "x&y", "\xC3\xA9%zz"));
}

TEST_F(S3ListTest, KeysAsTheyAreWhereTheServerDoesNotEncodeThem) {
  std::string body = Page(Entry("ndr/a+b%20"));
  body.replace(body.find("<EncodingType>url</EncodingType>"), 32, "");
  Answers({aws::Response{200, body}});
  EXPECT_EQ(store_->List("").ValueOrDie().at(0).name, "a+b%20");
}

TEST_F(S3ListTest, NamesOfObjectsAndFoldersWithoutMarkers) {
  Answers({aws::Response{200, Page(Entry("ndr/c/", 0) + Entry("ndr/c/x") + Entry("ndr/c/f") +
                                   Folder("ndr/c/f/") + Folder("ndr/c/a%3D1/"))}});
  EXPECT_THAT(store_->Names("c").ValueOrDie(), ElementsAre("a=1", "f", "x"));
  EXPECT_THAT(Asked(0).query, testing::Contains(Pair("delimiter", "/")));
  Answers({aws::Response{200, Page(Entry("ndr/c/", 0))}, aws::Response{200, Page("")}});
  EXPECT_THAT(store_->List("c").ValueOrDie(), IsEmpty());
  EXPECT_THAT(store_->Names("nowhere").ValueOrDie(), IsEmpty());
}

TEST_F(S3ListTest, AWholeBucketHasNoPrefix) {
  Answers({aws::Response{200, Page(Entry("a"))}});
  EXPECT_EQ(OpenS3("lake", "", client_)->List("").ValueOrDie().at(0).name, "a");
  EXPECT_THAT(Asked(0).query, ElementsAre(Pair("list-type", "2"), Pair("encoding-type", "url")));
}

TEST_F(S3ListTest, WhatIsNoListIsAnError) {
  Answers({aws::Response{200, "<html>"}});
  EXPECT_THAT(store_->List("c").status().message(),
              HasSubstr("s3://lake/ndr/c/: cannot list: the answer is no ListBucketResult of S3"));
  Answers({aws::Response{200, Page("", "t")}, aws::Response{200, Page("", "t")}});
  EXPECT_THAT(store_->List("c").status().message(), HasSubstr("one page again and again"));
}

TEST_F(S3ListTest, UploadsAreListedAndAborted) {
  const std::string first =
      "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>ndr/a</NextKeyMarker>"
      "<NextUploadIdMarker>1</NextUploadIdMarker><Upload><Key>ndr/a</Key><UploadId>1</UploadId>"
      "<Initiated>2026-01-02T03:04:05Z</Initiated></Upload></ListMultipartUploadsResult>";
  const std::string second =
      "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated><Upload><Key>ndr/b</Key>"
      "<UploadId>2</UploadId><Initiated>2026-01-02T03:04:05Z</Initiated></Upload></"
      "ListMultipartUploadsResult>";
  Answers({aws::Response{200, first}, aws::Response{200, second}, aws::Response{204, ""},
           Error(404, "NoSuchUpload")});
  const auto uploads = ListUploads(client_.get(), "ndr/").ValueOrDie();
  ASSERT_EQ(uploads.size(), 2u);
  EXPECT_EQ(uploads[1].name, "ndr/b");
  EXPECT_EQ(uploads[0].begun_micros, 1'767'323'045'000'000);
  EXPECT_THAT(Asked(1).query,
              testing::IsSupersetOf({Pair("key-marker", "ndr/a"), Pair("upload-id-marker", "1")}));
  EXPECT_TRUE(AbortUpload(client_.get(), uploads[0]).ok());
  EXPECT_TRUE(AbortUpload(client_.get(), uploads[1]).ok());
  EXPECT_EQ(Asked(2).method, "DELETE");
  EXPECT_EQ(Asked(2).path, "/lake/ndr/a");
  Answers({aws::Response{200, second}, aws::Response{204, ""}});
  const auto below = store_->Uploads().ValueOrDie();
  ASSERT_EQ(below.size(), 1u);
  EXPECT_EQ(below[0].name, "b");
  EXPECT_TRUE(store_->Abort(below[0]).ok());
  EXPECT_EQ(Asked(5).path, "/lake/ndr/b");
}

}  // namespace
}  // namespace ndr::storage
