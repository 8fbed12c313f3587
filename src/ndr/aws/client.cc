// SPDX-License-Identifier: Apache-2.0
#include "ndr/aws/client.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "ndr/aws/profile.h"

namespace ndr::aws {
namespace {

using arrow::Result;
using arrow::Status;

constexpr size_t kLongestMessage = 300;

void BlotOut(const std::string& secret, std::string* text) {
  if (secret.empty()) return;
  for (size_t at; (at = text->find(secret)) != std::string::npos;) text->replace(at, secret.size(), "***");
}

std::string OwnEndpoint(const std::string& service, const std::string& region) {
  const char* domain = region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
  return "https://" + service + "." + region + domain;
}

Result<std::optional<base::Micros>> TimeoutOf(const Outside& outside) {
  const std::string text = outside.variable("NDR_AWS_TIMEOUT_SECONDS");
  if (text.empty()) return std::nullopt;
  const auto micros = base::ParseSeconds(text);
  if (!micros || *micros < 1000 || *micros > 600 * base::kMicrosPerSecond)
    return Status::Invalid("NDR_AWS_TIMEOUT_SECONDS is '", text,
                           "', which is no number of seconds up to 600");
  return micros;
}

}  // namespace

ErrorName JsonError(const std::string& body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  const auto text = [&](const char* name) {
    if (!json.is_object() || !json.contains(name) || !json[name].is_string()) return std::string();
    return json[name].get<std::string>();
  };
  ErrorName error{text("__type"), text("message").empty() ? text("Message") : text("message")};
  error.name.erase(0, error.name.find('#') + 1);
  // What follows the first line of a wrong signature's message is the whole request, its token included.
  error.message = error.message.substr(0, std::min(error.message.find_first_of("\r\n"), kLongestMessage));
  return error;
}

Client::Client(Service service, Outside outside)
    : service_(std::move(service)), outside_(std::move(outside)), chain_(&outside_) {}

Status Client::Prepare() {
  if (!endpoint_.empty()) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(patience_, PatienceOf(outside_));
  ARROW_ASSIGN_OR_RAISE(timeout_, TimeoutOf(outside_));
  ARROW_ASSIGN_OR_RAISE(region_, FindRegion(outside_));
  std::string endpoint;
  for (const std::string& variable : {service_.endpoint_variable, std::string("AWS_ENDPOINT_URL")}) {
    endpoint = outside_.variable(variable);
    if (endpoint.empty()) continue;
    const Status status = HostOf(endpoint).status();
    if (!status.ok()) return status.WithMessage(variable, ": ", status.message());
    break;
  }
  named_endpoint_ = !endpoint.empty();
  endpoint_ = endpoint.empty() ? OwnEndpoint(service_.host.empty() ? service_.name : service_.host, region_)
                               : endpoint;
  return Status::OK();
}

Result<Answer> Client::Try(const Request& unsigned_request, ReadError read_error) {
  ARROW_RETURN_NOT_OK(Prepare());
  ARROW_ASSIGN_OR_RAISE(const Credentials keys, chain_.Get());
  Request request = unsigned_request;
  if (request.endpoint.empty()) request.endpoint = endpoint_;
  if (timeout_) {
    request.timeout = *timeout_;
    if (request.stall_timeout != 0) request.stall_timeout = *timeout_;
    request.connect_timeout = std::min(request.connect_timeout, *timeout_);
  }
  ARROW_RETURN_NOT_OK(Sign(keys, {region_, service_.name, outside_.now()}, &request));
  ARROW_ASSIGN_OR_RAISE(Response response, outside_.exchange(request));
  Answer answer{response.status, std::move(response.body), {}, 0, std::move(response.headers),
                response.broken};
  if (answer.ok()) return answer;
  answer.error = read_error(answer.body);
  // Of REST services: `ValidationError`, or `ValidationError:http://...`.
  if (answer.error.name.empty()) answer.error.name = answer.Header("x-amzn-errortype");
  answer.error.name = answer.error.name.substr(0, answer.error.name.find(':'));
  BlotOut(keys.secret_access_key, &answer.error.message);
  BlotOut(keys.session_token, &answer.error.message);
  return answer;
}

void Client::BlotSecrets(std::string* text) {
  const Result<Credentials> keys = chain_.Get();
  if (!keys.ok()) return;
  BlotOut(keys->secret_access_key, text);
  BlotOut(keys->session_token, text);
}

bool Client::WaitToRetry(int attempt) {
  if (attempt >= patience_.attempts) return false;
  outside_.sleep(WaitAfter(patience_, attempt, outside_.random()));
  return true;
}

Result<Answer> Client::Send(const Request& request, ReadError read_error) {
  ARROW_RETURN_NOT_OK(Prepare());
  for (int attempt = 1;; ++attempt) {
    Result<Answer> answer = Try(request, read_error);
    const bool again =
        answer.ok() ? answer->throttled() || answer->status >= 500 : answer.status().IsIOError();
    if (again && WaitToRetry(attempt)) continue;
    if (answer.ok()) answer->attempts = attempt;
    if (!answer.ok() && again && attempt > 1)
      return answer.status().WithMessage(answer.status().message(), " (tried ", attempt, " times)");
    return answer;
  }
}

}  // namespace ndr::aws
