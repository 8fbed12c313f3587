// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/store_dynamodb.h"

#include <algorithm>

#include "ndr/base/exit_code.h"
#include "ndr/spec/attribute_value.h"
#include "ndr/spec/dynamodb_table.h"
#include "ndr/spec/store_errors.h"

namespace ndr::spec {
namespace {

using arrow::Result;
using arrow::Status;

constexpr const char* kProject = "project_name";
constexpr const char* kBody = "spec";

Json TextAttribute(const std::string& text) { return Json::object({{"S", text}}); }

// What maps without order have in common is compared so: 1 and 1.0 are one number there too.
bool SameBody(const Json& a, const Json& b) { return nlohmann::json(a) == nlohmann::json(b); }

class DynamoDbStore : public SpecStore {
 public:
  DynamoDbStore(const std::string& table, std::string sort_attribute, aws::Outside outside)
      : name_("dynamodb:" + table),
        sort_attribute_(std::move(sort_attribute)),
        table_(table, std::move(outside)) {}

  const std::string& name() const override { return name_; }
  Result<std::optional<Json>> Get(const SpecKey& key) override;
  Result<std::vector<SpecKey>> List(const std::string& project) override;
  Status Put(const SpecKey& key, const Json& body, bool replace) override;

 private:
  Json KeyOf(const SpecKey& key) const {
    return Json::object(
        {{kProject, TextAttribute(key.project)}, {sort_attribute_, TextAttribute(SortKey(key))}});
  }
  Result<Json> BodyOf(const SpecKey& key, const Json& item) const;
  // Keys of one page; items of a table that are no job specs are passed over.
  Status ReadPage(const Json& answer, std::vector<SpecKey>* keys) const;

  std::string name_, sort_attribute_;
  DynamoDbTable table_;
};

Result<Json> DynamoDbStore::BodyOf(const SpecKey& key, const Json& item) const {
  const auto attribute = item.find(kBody);
  if (attribute == item.end()) return NoBody(key, name_, "the attribute spec");
  const std::string type = AttributeType(*attribute);
  if (type != "a map" && type != "text")
    return WrongBodyType(key, name_, type.empty() ? "no DynamoDB value" : type + " in the attribute spec");
  const Result<Json> body = FromAttribute(*attribute, "");
  if (!body.ok()) return InvalidBody(key, name_, body.status().message());
  if (body->is_string())
    return ParseBody(key, name_, body->get_ref<const std::string&>(), "text of the attribute spec");
  return body;
}

Result<std::optional<Json>> DynamoDbStore::Get(const SpecKey& key) {
  ARROW_RETURN_NOT_OK(CheckKey(key));
  const auto answer = table_.Call("GetItem", Json::object({{"Key", KeyOf(key)}, {"ConsistentRead", true}}));
  if (!answer.ok()) return InContext(key, name_, answer.status());
  const auto item = answer->find("Item");
  if (item == answer->end()) return std::nullopt;
  if (!item->is_object())
    return InContext(key, name_, Status::IOError("GetItem: the answer's Item is no object"));
  ARROW_ASSIGN_OR_RAISE(Json body, BodyOf(key, *item));
  return body;
}

Status DynamoDbStore::ReadPage(const Json& answer, std::vector<SpecKey>* keys) const {
  const auto items = answer.find("Items");
  if (items == answer.end() || !items->is_array()) return Status::IOError("the answer has no list of Items");
  const auto text = [](const Json& item, const std::string& name) -> std::string {
    const auto attribute = item.find(name);
    if (attribute == item.end() || !attribute->is_object() || !attribute->contains("S")) return "";
    const Json& value = attribute->at("S");
    return value.is_string() ? value.get<std::string>() : "";
  };
  for (const Json& item : *items) {
    if (!item.is_object()) return Status::IOError("an Item of the answer is no object");
    const std::string sort = text(item, sort_attribute_);
    const size_t hash = sort.find('#');
    if (hash == std::string::npos) continue;
    keys->push_back({text(item, kProject), sort.substr(0, hash), sort.substr(hash + 1)});
  }
  return Status::OK();
}

Result<std::vector<SpecKey>> DynamoDbStore::List(const std::string& project) {
  const char* operation = project.empty() ? "Scan" : "Query";
  Json request =
      Json::object({{"ProjectionExpression", "#p, #s"},
                    {"ExpressionAttributeNames", Json::object({{"#p", kProject}, {"#s", sort_attribute_}})},
                    {"ConsistentRead", true}});
  if (!project.empty()) {
    request["KeyConditionExpression"] = "#p = :p";
    request["ExpressionAttributeValues"] = Json::object({{":p", TextAttribute(project)}});
  }
  const std::string context = name_ + (project.empty() ? ": " : ": job specs of project " + project + ": ");
  std::vector<SpecKey> keys;
  while (true) {
    const auto answer = table_.Call(operation, request);
    Status status = answer.ok() ? ReadPage(*answer, &keys) : answer.status();
    if (!status.ok()) return status.WithMessage(context, status.message());
    const auto last = answer->find("LastEvaluatedKey");
    if (last == answer->end()) break;
    if (request.contains("ExclusiveStartKey") && request["ExclusiveStartKey"] == *last)
      return Status::IOError(context, operation, " gives the same page again and again");
    request["ExclusiveStartKey"] = *last;
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

Status DynamoDbStore::Put(const SpecKey& key, const Json& body, bool replace) {
  ARROW_RETURN_NOT_OK(CheckKey(key));
  const auto attribute = ToAttribute(body, "");
  if (!attribute.ok())
    return base::UsageError(Where(key, name_) +
                            ": the body cannot be stored: " + attribute.status().message());
  Json item = KeyOf(key);
  item[kBody] = *attribute;
  Json request = Json::object({{"Item", std::move(item)}});
  if (!replace) {
    request["ConditionExpression"] = "attribute_not_exists(#s)";
    request["ExpressionAttributeNames"] = Json::object({{"#s", sort_attribute_}});
  }
  const Status status = table_.Call("PutItem", std::move(request)).status();
  const bool stands =
      status.detail() != nullptr && status.detail()->ToString() == "ConditionalCheckFailedException";
  if (!stands) return InContext(key, name_, status);
  // Also where the put before this one succeeded and its answer was lost.
  ARROW_ASSIGN_OR_RAISE(const auto found, Get(key));
  return found && SameBody(*found, body) ? Status::OK() : AnotherBody(key, name_);
}

}  // namespace

Result<std::unique_ptr<SpecStore>> OpenDynamoDbStore(const std::string& table,
                                                     const std::string& sort_attribute,
                                                     aws::Outside outside) {
  const bool is_arn = table.starts_with("arn:");
  const bool right = table.size() >= 3 && (is_arn || table.size() <= 255) &&
                     std::all_of(table.begin(), table.end(), [&](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                              c == '_' || c == '-' || c == '.' || (is_arn && (c == ':' || c == '/'));
                     });
  if (!right)
    return base::UsageError("'" + table +
                            "' is no table's name: 3 to 255 letters, digits, '_', '-' and '.', or an ARN");
  if (sort_attribute.empty() || sort_attribute == kProject || sort_attribute == kBody)
    return base::UsageError("'" + sort_attribute +
                            "' cannot be the sort key's attribute; job_name is the usual one");
  return std::make_unique<DynamoDbStore>(table, sort_attribute, std::move(outside));
}

}  // namespace ndr::spec
