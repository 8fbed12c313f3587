// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "ndr/aws/http.h"

namespace ndr::aws {
namespace {

TEST(Encode, KeepsTheUnreservedAlone) {
  EXPECT_EQ(Encode("dt=2024-04-20/a b~c%", true), "dt%3D2024-04-20/a%20b~c%25");
  EXPECT_EQ(Encode("a/b\xc3\xa9", false), "a%2Fb%C3%A9");
}

TEST(EncodedQuery, IsSortedByNameAndValue) {
  EXPECT_EQ(EncodedQuery({{"b", "2"}, {"a", "z"}, {"a", "b=c"}, {"list", ""}}), "a=b%3Dc&a=z&b=2&list=");
  EXPECT_EQ(EncodedQuery({}), "");
}

TEST(EncodedPath, BeginsWithTheEndpointsBase) {
  EXPECT_EQ(EncodedPath({"GET", "http://gateway:8000/aws/", "/k=v"}), "/aws/k%3Dv");
  EXPECT_EQ(EncodedPath({"GET", "http://gateway:8000", "/"}), "/");
}

TEST(HostOf, LeavesOutTheSchemesOwnPort) {
  EXPECT_EQ(*HostOf("https://a.b:443/x"), "a.b");
  EXPECT_EQ(*HostOf("http://a.b:80"), "a.b");
  EXPECT_EQ(*HostOf("http://a.b:443"), "a.b:443");
  EXPECT_EQ(*HostOf("http://[::1]:8000/"), "[::1]:8000");
}

TEST(Decode, TurnsCodesAndPlusesBack) {
  EXPECT_EQ(Decode("dt%3D1/a+b%20c%2Bd"), "dt=1/a b c+d");
  EXPECT_EQ(Decode("%c3%A9"), "\xC3\xA9");
  EXPECT_EQ(Decode("100%, %zz, %4"), "100%, %zz, %4");
  EXPECT_EQ(Decode(Encode("any: %+ \xE2\x82\xAC/", false)), "any: %+ \xE2\x82\xAC/");
}

TEST(HostOf, RefusesWhatIsNoUrlAndDoesNotRepeatIt) {
  for (const char* endpoint :
       {"", "localhost:8000", "ftp://a", "http://", "http://me:hunter2@host", "http://a b"}) {
    const auto status = HostOf(endpoint).status();
    EXPECT_TRUE(status.IsInvalid()) << endpoint;
    EXPECT_EQ(status.message().find("hunter2"), std::string::npos);
  }
}

TEST(Http, NoConnectionIsAnErrorThatMayPass) {
  Request request;
  request.endpoint = "http://127.0.0.1:1";  // nobody listens there
  Http http;
  const auto status = http.Exchange(request).status();
  EXPECT_TRUE(status.IsIOError());
  EXPECT_EQ(status.message().find("cannot connect to http://127.0.0.1:1: "), 0u) << status.message();
}

}  // namespace
}  // namespace ndr::aws
