// SPDX-License-Identifier: Apache-2.0
// The vectors are AWS's published ones: the Signature Version 4 test suite, and the examples of S3's
// documentation.
#include "ndr/aws/signature.h"

#include <gtest/gtest.h>

#include "scripted_outside.h"

namespace ndr::aws {
namespace {

struct Vector {
  const char* name;
  const char* method;
  const char* path;
  Fields query;
  Fields headers;
  const char* body;
  const char* token;
  const char* signed_headers;
  const char* signature;
};

void PrintTo(const Vector& vector, std::ostream* out) { *out << vector.name; }

constexpr const char* kPlain = "host;x-amz-date";
constexpr const char* kUnreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

const std::vector<Vector>& Suite() {
  static const std::vector<Vector> suite = {
      {"get-vanilla",
       "GET",
       "/",
       {},
       {},
       "",
       "",
       kPlain,
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"get-vanilla-query-order-key-case",
       "GET",
       "/",
       {{"Param2", "value2"}, {"Param1", "value1"}},
       {},
       "",
       "",
       kPlain,
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"get-vanilla-utf8-query",
       "GET",
       "/",
       {{"\u1234", "bar"}},
       {},
       "",
       "",
       kPlain,
       "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
      {"get-vanilla-query-unreserved",
       "GET",
       "/",
       {{kUnreserved, kUnreserved}},
       {},
       "",
       "",
       kPlain,
       "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
      {"get-unreserved",
       "GET",
       "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
       {},
       {},
       "",
       "",
       kPlain,
       "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
      {"get-utf8",
       "GET",
       "/\u1234",
       {},
       {},
       "",
       "",
       kPlain,
       "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
      {"get-space-unnormalized",
       "GET",
       "/example space/",
       {},
       {},
       "",
       "",
       kPlain,
       "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
      {"get-slashes-unnormalized",
       "GET",
       "//example//",
       {},
       {},
       "",
       "",
       kPlain,
       "87cca117541a147f6df867677d98a7d80dff226d2bfca9e4ffa899665623c7e5"},
      {"get-header-key-duplicate",
       "GET",
       "/",
       {},
       {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}},
       "",
       "",
       "host;my-header1;x-amz-date",
       "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
      {"get-header-value-trim",
       "GET",
       "/",
       {},
       {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
       "",
       "",
       "host;my-header1;my-header2;x-amz-date",
       "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
      {"get-vanilla-with-session-token",
       "GET",
       "/",
       {},
       {},
       "",
       "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267",
       "host;x-amz-date;x-amz-security-token",
       "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8"},
      {"post-x-www-form-urlencoded",
       "POST",
       "/",
       {},
       {{"Content-Type", "application/x-www-form-urlencoded"},
        {"Content-Length", "13"},
        {"x-amz-content-sha256", "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"}},
       "Param1=value1",
       "",
       "content-length;content-type;host;x-amz-content-sha256;x-amz-date",
       "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b"}};
  return suite;
}

class SuiteTest : public testing::TestWithParam<Vector> {};

TEST_P(SuiteTest, GivesThePublishedSignature) {
  const Vector& vector = GetParam();
  Request request{vector.method, "https://example.amazonaws.com", vector.path, vector.query, vector.headers,
                  vector.body};
  const Credentials keys{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", vector.token, {}};
  const base::Micros now = *base::ParseCompact("20150830T123600Z");
  ASSERT_TRUE(Sign(keys, {"us-east-1", "service", now}, &request).ok());
  EXPECT_EQ(HeaderOf(request, "Authorization"),
            std::string("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                        "SignedHeaders=") +
                vector.signed_headers + ", Signature=" + vector.signature);
  EXPECT_EQ(HeaderOf(request, "X-Amz-Date"), "20150830T123600Z");
  EXPECT_EQ(HeaderOf(request, "X-Amz-Security-Token"), vector.token);
}

INSTANTIATE_TEST_SUITE_P(Published, SuiteTest, testing::ValuesIn(Suite()));

std::string S3Signature(Request request) {
  request.endpoint = "https://examplebucket.s3.amazonaws.com";
  const Credentials keys{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "", {}};
  EXPECT_TRUE(Sign(keys, {"us-east-1", "s3", *base::ParseCompact("20130524T000000Z")}, &request).ok());
  const std::string authorization = HeaderOf(request, "Authorization");
  return authorization.substr(authorization.size() - 64);
}

TEST(Sign, S3SignsTheHashOfItsContent) {
  EXPECT_EQ(S3Signature({"GET", "", "/test.txt", {}, {{"Range", "bytes=0-9"}}}),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  EXPECT_EQ(
      S3Signature({"PUT",
                   "",
                   "/test$file.text",
                   {},
                   {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                   "Welcome to Amazon S3."}),
      "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
  EXPECT_EQ(S3Signature({"GET", "", "/", {{"lifecycle", ""}}}),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  EXPECT_EQ(S3Signature({"GET", "", "/", {{"max-keys", "2"}, {"prefix", "J"}}}),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(Sign, AnEndpointThatIsNoUrlIsRefused) {
  Request request;
  request.endpoint = "dynamodb.eu-central-1.amazonaws.com";
  EXPECT_TRUE(Sign({"A", "B", "", {}}, {"eu-central-1", "dynamodb", kNoon}, &request).IsInvalid());
}

}  // namespace
}  // namespace ndr::aws
