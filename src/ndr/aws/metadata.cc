// SPDX-License-Identifier: Apache-2.0
#include "ndr/aws/metadata.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace ndr::aws {
namespace {

using arrow::Result;
using arrow::Status;

std::string Text(const nlohmann::json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

// The document that both endpoints answer; it is a secret, so no message repeats it.
Result<Credentials> Parse(const std::string& body, const std::string& endpoint) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  Credentials keys;
  if (json.is_object())
    keys = {Text(json, "AccessKeyId"), Text(json, "SecretAccessKey"), Text(json, "Token"), std::nullopt};
  if (keys.access_key_id.empty() || keys.secret_access_key.empty())
    return Status::Invalid(endpoint, " answered without an AccessKeyId and a SecretAccessKey");
  if (const auto expires = base::ParseCivil(Text(json, "Expiration"))) keys.expires = expires->micros;
  return keys;
}

Result<std::string> Ask(const Outside& outside, const Request& request) {
  ARROW_ASSIGN_OR_RAISE(Response response, outside.exchange(request));
  if (response.status >= 500)
    return Status::IOError(request.endpoint, " answered with status ", response.status);
  if (response.status != 200)
    return Status::Invalid(request.endpoint, " answered with status ", response.status);
  return std::move(response.body);
}

Request MetadataRequest(const std::string& endpoint) {
  Request request;
  request.method = "GET";
  request.endpoint = endpoint;
  request.connect_timeout = request.timeout = base::kMicrosPerSecond;
  request.largest_answer = size_t{1} << 20;
  request.direct = true;
  return request;
}

bool IsOwn(const std::string& endpoint) {
  constexpr std::array<std::string_view, 6> kOwn = {"localhost",     "127.",           "[::1]",
                                                    "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"};
  const std::string host = HostOf(endpoint).ValueOr("");
  return std::any_of(kOwn.begin(), kOwn.end(), [&](std::string_view own) {
    if (own == "127.")
      return host.starts_with(own) && host.find_first_not_of("0123456789.:") == std::string::npos;
    return host == own || host.starts_with(std::string(own) + ":");
  });
}

// The request to a URI whose path and query are text already.
Result<Request> ToFullUri(const std::string& uri) {
  const size_t authority = std::min(uri.find("://"), uri.size());
  const size_t slash = std::min(uri.find('/', authority + 3), uri.size());
  Request request = MetadataRequest(uri.substr(0, slash));
  ARROW_RETURN_NOT_OK(HostOf(request.endpoint));
  if (slash < uri.size()) request.path = uri.substr(slash, uri.find('?', slash) - slash);
  if (const size_t query = uri.find('?', slash); query != std::string::npos) {
    std::istringstream fields(uri.substr(query + 1));
    for (std::string field; std::getline(fields, field, '&');) {
      const size_t equals = std::min(field.find('='), field.size());
      request.query.emplace_back(field.substr(0, equals), field.substr(std::min(equals + 1, field.size())));
    }
  }
  if (!request.endpoint.starts_with("https://") && !IsOwn(request.endpoint))
    return Status::Invalid("AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor of this machine: ",
                           request.endpoint);
  return request;
}

// Empty where none is named.
Result<std::string> ContainerToken(const Outside& outside) {
  const std::string path = outside.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  std::string token = outside.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  if (!path.empty()) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return Status::Invalid("cannot read AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, ", path);
    token = text.str();
    while (token.ends_with('\n') || token.ends_with('\r')) token.pop_back();
  }
  if (token.find_first_of("\r\n") != std::string::npos)
    return Status::Invalid("the container's authorization token has more than one line");
  return token;
}

}  // namespace

Result<std::optional<Credentials>> FromContainer(const Outside& outside) {
  const std::string relative = outside.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const std::string full = outside.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (relative.empty() && full.empty()) return std::nullopt;
  ARROW_ASSIGN_OR_RAISE(Request request,
                        ToFullUri(relative.empty() ? full : "http://169.254.170.2" + relative));
  ARROW_ASSIGN_OR_RAISE(const std::string token, ContainerToken(outside));
  if (!token.empty()) request.headers.emplace_back("Authorization", token);
  ARROW_ASSIGN_OR_RAISE(const std::string body, Ask(outside, request));
  ARROW_ASSIGN_OR_RAISE(Credentials keys, Parse(body, "the container endpoint " + request.endpoint));
  return keys;
}

Result<Credentials> FromInstance(const Outside& outside) {
  const std::string disabled = outside.variable("AWS_EC2_METADATA_DISABLED");
  if (disabled == "true" || disabled == "TRUE" || disabled == "True")
    return Status::Invalid("AWS_EC2_METADATA_DISABLED is set");
  std::string endpoint = outside.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (endpoint.empty()) endpoint = "http://169.254.169.254";

  Request request = MetadataRequest(endpoint);
  request.method = "PUT";
  request.path = "/latest/api/token";
  request.headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}};
  ARROW_ASSIGN_OR_RAISE(const std::string token, Ask(outside, request));
  if (token.find_first_of("\r\n") != std::string::npos)
    return Status::Invalid(endpoint, " answered no token");

  request.method = "GET";
  request.path = "/latest/meta-data/iam/security-credentials/";
  request.headers = {{"X-aws-ec2-metadata-token", token}};
  ARROW_ASSIGN_OR_RAISE(const std::string roles, Ask(outside, request));
  const std::string role = roles.substr(0, roles.find_first_of("\r\n"));
  if (role.empty()) return Status::Invalid("the instance has no role");
  request.path += role;
  ARROW_ASSIGN_OR_RAISE(const std::string body, Ask(outside, request));
  return Parse(body, "the instance endpoint " + endpoint);
}

}  // namespace ndr::aws
