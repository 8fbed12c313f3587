// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "ndr/base/json_error.h"
#include "ndr/storage/commit.h"

namespace ndr::storage {
namespace {

// Objects of nlohmann::json keep their keys sorted.
using Json = nlohmann::json;

Json FileJson(const FileEntry& file) {
  return {{"path", file.path}, {"rows", file.rows}, {"bytes", file.bytes}, {"sha256", file.sha256}};
}
Json InputJson(const InputEntry& input) {
  return {{"name", input.name}, {"bytes", input.bytes}, {"sha256", input.sha256}};
}

CommitRecord Read(const Json& json) {
  CommitRecord record;
  record.key = {json.at("dataset"), json.at("feature_spec_version"), json.at("id")};
  const auto at = base::ParseCompact(json.at("at").get<std::string>());
  if (!at) throw std::invalid_argument("'at' is no instant");
  record.at = *at;
  for (const Json& file : json.at("files"))
    record.files.push_back({file.at("path"), file.at("rows"), file.at("bytes"), file.at("sha256")});
  record.schema_hash = json.at("schema_hash");
  record.catalogue_hash = json.at("catalogue_hash");
  record.configuration_hash = json.at("configuration_hash");
  record.configuration = json.at("configuration");
  for (const Json& input : json.at("inputs"))
    record.inputs.push_back({input.at("name"), input.at("bytes"), input.at("sha256")});
  for (const auto& [name, n] : json.at("counters").items()) record.counters.Add(name, n.get<int64_t>());
  record.reference = json.at("reference");
  record.facts = json.at("facts");
  return record;
}

}  // namespace

std::string CommitRecord::ToJson() const {
  Json json = {{"dataset", key.family},
               {"feature_spec_version", key.version},
               {"id", key.id},
               {"at", base::FormatCompact(at)},
               {"files", Json::array()},
               {"schema_hash", schema_hash},
               {"catalogue_hash", catalogue_hash},
               {"configuration_hash", configuration_hash},
               {"configuration", configuration},
               {"inputs", Json::array()},
               {"counters", counters.values()},
               {"reference", reference},
               {"facts", facts}};
  for (const FileEntry& file : files) json["files"].push_back(FileJson(file));
  for (const InputEntry& input : inputs) json["inputs"].push_back(InputJson(input));
  // File names need not be UTF-8: whatever is not is replaced, not thrown at.
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string WithdrawnJson(const CommitKey& key, const std::vector<std::string>& files,
                          const std::string& token) {
  const Json json = {{"withdrawn", token},
                     {"dataset", key.family},
                     {"feature_spec_version", key.version},
                     {"id", key.id},
                     {"files", files}};
  return json.dump(1) + "\n";
}

bool IsWithdrawn(std::string_view json) {
  if (json.find("\"withdrawn\"") == std::string_view::npos) return false;  // nearly always
  const Json parsed = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  return parsed.is_object() && parsed.contains("withdrawn");
}

std::vector<std::string> WithdrawnFiles(std::string_view json) {
  std::vector<std::string> files;
  const Json parsed = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return files;
  for (const Json& file : parsed.value("files", Json::array()))
    if (file.is_string()) files.push_back(file);
  return files;
}

arrow::Result<CommitRecord> CommitRecord::FromJson(std::string_view json, std::string_view origin) {
  try {
    return Read(Json::parse(json));
  } catch (const std::exception& e) {
    return arrow::Status::Invalid(origin, " is no commit record: ", base::JsonErrorInWords(e.what()));
  }
}

}  // namespace ndr::storage
