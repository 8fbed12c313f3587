// SPDX-License-Identifier: Apache-2.0
#include "ndr/aws/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ndr/aws/metadata.h"
#include "ndr/aws/profile.h"
#include "scripted_outside.h"
#include "temporary_folder.h"

namespace ndr::aws {
namespace {

using testing::HasSubstr;
using testing::Not;

class CredentialsTest : public testing::Test {
 protected:
  CredentialsTest() { script_.variables["HOME"] = home_; }

  void Write(const std::string& name, const std::string& text) { folder_.Put(".aws/" + name, text); }
  std::string Refusal() { return chain_.Get().status().message(); }

  const TemporaryFolder folder_;
  const std::string& home_ = folder_.path();
  Script script_;
  Outside outside_ = ScriptedOutside(&script_);
  CredentialsChain chain_{&outside_};
};

constexpr const char* kTwoProfiles =
    "# keys of two profiles\n[default]\naws_access_key_id = AKD\naws_secret_access_key = s/D+=\n\n"
    "[work]\naws_access_key_id=AKW\naws_secret_access_key=sW ; no part of it\naws_session_token = tW\nregion "
    "= eu-west-3\n";

TEST_F(CredentialsTest, TheEnvironmentComesFirst) {
  Write("credentials", kTwoProfiles);
  script_.variables.insert(
      {{"AWS_ACCESS_KEY_ID", "AKE"}, {"AWS_SECRET_ACCESS_KEY", "sE"}, {"AWS_SESSION_TOKEN", "tE"}});
  const auto keys = chain_.Get().ValueOrDie();
  EXPECT_EQ(keys.access_key_id, "AKE");
  EXPECT_EQ(keys.secret_access_key, "sE");
  EXPECT_EQ(keys.session_token, "tE");
  EXPECT_TRUE(script_.requests.empty());
}

TEST_F(CredentialsTest, HalfAPairIsAnError) {
  script_.variables["AWS_ACCESS_KEY_ID"] = "AKE";
  EXPECT_EQ(Refusal(), "the environment has an access key id without its secret access key");
  script_.variables.erase("AWS_ACCESS_KEY_ID");
  script_.variables["AWS_SECRET_ACCESS_KEY"] = "hunter2";
  EXPECT_EQ(Refusal(), "the environment has a secret access key without its access key id");
}

TEST_F(CredentialsTest, ProfilesOfTheCredentialsFile) {
  Write("credentials", kTwoProfiles);
  EXPECT_EQ(chain_.Get()->access_key_id, "AKD");
  EXPECT_EQ(chain_.Get()->secret_access_key, "s/D+=");
  script_.variables["AWS_PROFILE"] = "work";
  const auto keys = CredentialsChain(&outside_).Get().ValueOrDie();
  EXPECT_EQ(keys.access_key_id, "AKW");
  EXPECT_EQ(keys.secret_access_key, "sW");
  EXPECT_EQ(keys.session_token, "tW");
}

TEST_F(CredentialsTest, ProfilesOfTheConfigFile) {
  Write("config",
        "[profile work]\nregion = eu-north-1\ns3 =\n  region = nowhere\naws_access_key_id = "
        "AKC\naws_secret_access_key = sC\n"
        "[work]\nregion = wrong\n[default]\nregion=eu-south-2\n");
  script_.variables["AWS_PROFILE"] = "work";
  EXPECT_EQ(chain_.Get()->access_key_id, "AKC");
  EXPECT_EQ(*FindRegion(outside_), "eu-north-1");
  script_.variables.erase("AWS_PROFILE");
  EXPECT_EQ(*FindRegion(outside_), "eu-south-2");
}

TEST_F(CredentialsTest, FilesThatVariablesName) {
  Write("elsewhere", "[default]\naws_access_key_id=AKX\naws_secret_access_key=sX\n");
  Write("settings", "[default]\nregion=ca-west-1\n");
  script_.variables["AWS_SHARED_CREDENTIALS_FILE"] = home_ + "/.aws/elsewhere";
  script_.variables["AWS_CONFIG_FILE"] = "~/.aws/settings";
  EXPECT_EQ(chain_.Get()->access_key_id, "AKX");
  EXPECT_EQ(*FindRegion(outside_), "ca-west-1");
}

TEST_F(CredentialsTest, AProfileThatIsNamedMustBeThere) {
  Write("credentials", kTwoProfiles);
  script_.variables["AWS_PROFILE"] = "wrok";
  EXPECT_THAT(Refusal(), HasSubstr("AWS_PROFILE names the profile 'wrok', which is not in " + home_));
}

TEST_F(CredentialsTest, NoneFoundSaysWhereTheyWereLookedFor) {
  script_.variables["AWS_EC2_METADATA_DISABLED"] = "true";
  EXPECT_EQ(Refusal(),
            "no AWS credentials: the environment has no AWS_ACCESS_KEY_ID; the profile 'default' (" + home_ +
                "/.aws/credentials and " + home_ +
                "/.aws/config) has no aws_access_key_id; neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
                "AWS_CONTAINER_CREDENTIALS_FULL_URI is set; instance: AWS_EC2_METADATA_DISABLED is set");
  EXPECT_TRUE(script_.requests.empty());
}

// 1,700,000,000 s is 2023-11-14T22:13:20Z.
Response Keys(const std::string& id, const std::string& expiration) {
  return {200, R"({"Code": "Success", "AccessKeyId": ")" + id +
                   R"(", "SecretAccessKey": "hunter2", "Token": "tM", "Expiration": ")" + expiration + "\"}"};
}

TEST_F(CredentialsTest, ContainerEndpoint) {
  Write("token", "Bearer abc\n");
  script_.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://127.0.0.1:9911/v1/keys?role=a";
  script_.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "overruled";
  script_.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = home_ + "/.aws/token";
  script_.answers.push_back(Keys("AKM", "2023-11-14T23:13:20Z"));
  const auto keys = chain_.Get().ValueOrDie();
  EXPECT_EQ(keys.access_key_id, "AKM");
  EXPECT_EQ(keys.session_token, "tM");
  EXPECT_EQ(keys.expires, kNoon + 60 * base::kMicrosPerMinute);
  const Request& request = script_.requests.at(0);
  EXPECT_EQ(request.endpoint + request.path + "?" + EncodedQuery(request.query),
            "http://127.0.0.1:9911/v1/keys?role=a");
  EXPECT_EQ(HeaderOf(request, "Authorization"), "Bearer abc");
  EXPECT_TRUE(request.direct);
}

TEST_F(CredentialsTest, ContainerEndpointOfARelativeUri) {
  script_.variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/credentials/x";
  script_.answers.push_back(Keys("AKM", ""));
  EXPECT_EQ(chain_.Get()->expires, std::nullopt);
  EXPECT_EQ(script_.requests.at(0).endpoint + script_.requests.at(0).path,
            "http://169.254.170.2/v2/credentials/x");
}

TEST_F(CredentialsTest, TheContainersTokenGoesToNoOtherMachine) {
  script_.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "hunter2";
  for (const char* uri :
       {"http://10.0.0.1/x", "http://127.0.0.1.example.com/x", "http://localhost.example.com/"}) {
    script_.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = uri;
    EXPECT_THAT(Refusal(), HasSubstr("neither https nor of this machine")) << uri;
  }
  EXPECT_TRUE(script_.requests.empty());
}

TEST_F(CredentialsTest, AContainerEndpointThatIsNamedMustAnswer) {
  script_.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://localhost:1/x";
  script_.answers = {Response{403, "no"}, Response{200, R"({"SecretAccessKey": "hunter2"})"}};
  EXPECT_EQ(Refusal(), "http://localhost:1 answered with status 403");
  EXPECT_EQ(
      Refusal(),
      "the container endpoint http://localhost:1 answered without an AccessKeyId and a SecretAccessKey");
}

TEST_F(CredentialsTest, InstanceEndpointWithItsToken) {
  script_.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://[fd00:ec2::254]";
  script_.answers = {Response{200, "TOKEN"}, Response{200, "role-a\n"}, Keys("AKI", "2023-11-15T04:13:20Z")};
  EXPECT_EQ(chain_.Get()->access_key_id, "AKI");
  ASSERT_EQ(script_.requests.size(), 3u);
  EXPECT_EQ(script_.requests[0].method + " " + script_.requests[0].path, "PUT /latest/api/token");
  EXPECT_EQ(HeaderOf(script_.requests[0], "X-aws-ec2-metadata-token-ttl-seconds"), "21600");
  EXPECT_EQ(script_.requests[2].path, "/latest/meta-data/iam/security-credentials/role-a");
  EXPECT_EQ(HeaderOf(script_.requests[2], "X-aws-ec2-metadata-token"), "TOKEN");
  EXPECT_EQ(script_.requests[2].endpoint, "http://[fd00:ec2::254]");
}

TEST_F(CredentialsTest, KeysAreRenewedFiveMinutesBeforeTheyExpire) {
  script_.variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/x";
  script_.answers = {Keys("OLD", "2023-11-14T23:13:20Z"), arrow::Status::IOError("cannot connect"),
                     Keys("NEW", "2023-11-15T00:13:20Z")};
  EXPECT_EQ(chain_.Get()->access_key_id, "OLD");
  script_.now = kNoon + 55 * base::kMicrosPerMinute - 1;
  EXPECT_EQ(chain_.Get()->access_key_id, "OLD");
  EXPECT_EQ(script_.requests.size(), 1u);
  script_.now += 1;  // new ones are not to be had, and the old ones hold for five minutes
  EXPECT_EQ(chain_.Get()->access_key_id, "OLD");
  EXPECT_EQ(script_.requests.size(), 2u);
  EXPECT_EQ(chain_.Get()->access_key_id, "NEW");
}

TEST_F(CredentialsTest, ExpiredKeysAreNotUsed) {
  script_.variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/x";
  script_.answers = {Keys("OLD", "2023-11-14T23:13:20Z"), arrow::Status::IOError("cannot connect")};
  EXPECT_TRUE(chain_.Get().ok());
  script_.now = kNoon + 60 * base::kMicrosPerMinute;
  EXPECT_EQ(Refusal(), "cannot connect");
}

TEST_F(CredentialsTest, ForgottenKeysAreLookedForAnew) {
  script_.variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/x";
  script_.answers = {Keys("OLD", "2023-11-14T23:13:20Z"), Keys("NEW", "2023-11-14T23:13:20Z")};
  EXPECT_EQ(chain_.Get()->access_key_id, "OLD");
  EXPECT_EQ(chain_.Get()->access_key_id, "OLD");
  chain_.Forget();
  EXPECT_EQ(chain_.Get()->access_key_id, "NEW");
}

TEST_F(CredentialsTest, RegionByItsOrder) {
  EXPECT_THAT(FindRegion(outside_).status().message(), HasSubstr("no AWS region: neither AWS_REGION nor "));
  Write("credentials", kTwoProfiles);
  script_.variables["AWS_PROFILE"] = "work";
  EXPECT_EQ(*FindRegion(outside_), "eu-west-3");
  script_.variables["AWS_DEFAULT_REGION"] = "eu-west-2";
  EXPECT_EQ(*FindRegion(outside_), "eu-west-2");
  script_.variables["AWS_REGION"] = "eu-west-1";
  EXPECT_EQ(*FindRegion(outside_), "eu-west-1");
  script_.variables["AWS_REGION"] = "x.example.com/";
  EXPECT_EQ(FindRegion(outside_).status().message(),
            "'x.example.com/' is no AWS region; one is eu-central-1");
}

}  // namespace
}  // namespace ndr::aws
