// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/sagemaker_client.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace ndr::feature_store {
namespace {

using Tree = nlohmann::json;

aws::Service RuntimeService() {
  return {"sagemaker", "AWS_ENDPOINT_URL_SAGEMAKER_FEATURESTORE_RUNTIME", "featurestore-runtime.sagemaker"};
}

aws::Request JsonRequest(std::string method, std::string path, std::string body) {
  aws::Request request;
  request.method = std::move(method);
  request.path = std::move(path);
  request.headers = {{"Content-Type", "application/json"}};
  request.body = std::move(body);
  return request;
}

// The offline store is the engine's own (offline.h), so that a record is paid for once.
constexpr std::string_view kToOnline = ",\"TargetStores\":[\"OnlineStore\"]}";

std::string BatchBody(const std::vector<RemoteEntry>& entries) {
  std::string body = "{\"Entries\":[";
  for (const RemoteEntry& entry : entries) {
    if (&entry != entries.data()) body += ',';
    body.append("{\"FeatureGroupName\":").append(JsonText(entry.group));
    body.append(",\"Record\":").append(entry.record->json).append(kToOnline);
  }
  return body + "]}";
}

std::string TextIn(const Tree& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string IdIn(const Tree& entry) {
  const auto record = entry.is_object() ? entry.find("Record") : entry.end();
  if (record == entry.end() || !record->is_array()) return "";
  for (const Tree& feature : *record)
    if (TextIn(feature, "FeatureName") == kEntityId) return TextIn(feature, "ValueAsString");
  return "";
}

std::optional<size_t> IndexOf(const std::vector<RemoteEntry>& entries, const Tree& echoed) {
  const std::string group = TextIn(echoed, "FeatureGroupName"), id = IdIn(echoed);
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const RemoteEntry& e) { return e.id == id && e.group == group; });
  if (found == entries.end()) return std::nullopt;
  return static_cast<size_t>(found - entries.begin());
}

WriteAnswer AllOf(size_t count, Verdict verdict, const aws::ErrorName& error) {
  return {std::vector<EntryAnswer>(count, {verdict, error}), false};
}

// nullopt where the answer is none that the service gives.
std::optional<WriteAnswer> ReadBatch(const std::vector<RemoteEntry>& entries, const std::string& body) {
  const Tree json = Tree::parse(body, nullptr, false);
  WriteAnswer read = AllOf(entries.size(), Verdict::kAccepted, {});
  if (!json.is_object()) return std::nullopt;
  for (const char* list : {"Errors", "UnprocessedEntries"}) {
    const auto found = json.find(list);
    if (found == json.end() || !found->is_array()) return std::nullopt;
    const bool refused = list == std::string_view("Errors");
    for (const Tree& element : *found) {
      const auto entry = refused && element.is_object() ? element.find("Entry") : element.end();
      if (refused && (!element.is_object() || entry == element.end())) return std::nullopt;
      const auto index = IndexOf(entries, refused ? *entry : element);
      if (!index) return std::nullopt;
      EntryAnswer& answer = read.entries[*index];
      answer.error = refused ? aws::ErrorName{TextIn(element, "ErrorCode"), TextIn(element, "ErrorMessage")}
                             : aws::ErrorName{"UnprocessedEntries", "not processed"};
      answer.verdict = refused ? VerdictOf(200, answer.error.name.empty() ? "Unnamed" : answer.error.name)
                               : Verdict::kAgain;
    }
  }
  return read;
}

}  // namespace

SageMakerClient::SageMakerClient(aws::Outside outside) : client_(RuntimeService(), std::move(outside)) {}

arrow::Result<std::string> SageMakerClient::Endpoint() {
  ARROW_RETURN_NOT_OK(client_.Prepare());
  return client_.endpoint();
}

arrow::Result<WriteAnswer> SageMakerClient::Write(const std::vector<RemoteEntry>& entries, bool batch) {
  const RemoteEntry& first = entries.front();
  const auto request = batch ? JsonRequest("POST", "/BatchWriteRecord", BatchBody(entries))
                             : JsonRequest("PUT", "/FeatureGroup/" + std::string(first.group),
                                           "{\"Record\":" + first.record->json + std::string(kToOnline));
  ARROW_ASSIGN_OR_RAISE(const aws::Answer answer, client_.Try(request, &aws::JsonError));
  if (!answer.ok()) {
    WriteAnswer refused = AllOf(entries.size(), VerdictOf(answer.status, answer.error.name), answer.error);
    if (answer.error.name.empty())
      for (EntryAnswer& entry : refused.entries) entry.error.name = "status " + std::to_string(answer.status);
    refused.refused_whole = refused.entries[0].verdict == Verdict::kRejected && entries.size() > 1;
    return refused;
  }
  if (!batch) return AllOf(1, Verdict::kAccepted, {});
  std::optional<WriteAnswer> read = ReadBatch(entries, answer.body);
  if (!read)
    return AllOf(entries.size(), Verdict::kAgain, {"UnreadableAnswer", "is it SageMaker's feature store?"});
  for (EntryAnswer& entry : read->entries) {
    entry.error.message = entry.error.message.substr(0, entry.error.message.find_first_of("\r\n"));
    client_.BlotSecrets(&entry.error.message);
  }
  return *std::move(read);
}

arrow::Result<ListPage> SageMakerClient::List(const std::string& group, const std::string& token) {
  Tree body = {{"MaxResults", kMaxListed}};
  if (!token.empty()) body["NextToken"] = token;
  const auto request = JsonRequest("POST", "/FeatureGroup/" + group + "/ListRecords", body.dump());
  ARROW_ASSIGN_OR_RAISE(const aws::Answer answer, client_.Send(request, &aws::JsonError));
  if (!answer.ok()) return StopStatus("ListRecords", group, client_, answer.error);
  const Tree json = Tree::parse(answer.body, nullptr, false);
  const auto ids = json.is_object() ? json.find("RecordIdentifiers") : json.end();
  if (ids == json.end() || !ids->is_array())
    return arrow::Status::IOError("ListRecords: the answer of ", client_.endpoint(),
                                  " has no RecordIdentifiers; is it SageMaker's feature store?");
  ListPage page;
  for (const Tree& id : *ids)
    if (id.is_string()) page.ids.push_back(id.get<std::string>());
  page.next_token = TextIn(json, "NextToken");
  return page;
}

}  // namespace ndr::feature_store
