// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "ndr/jobs/log_files.h"
#include "ndr/storage/object_store.h"

namespace ndr::jobs {
namespace {

using nlohmann::json;

json ToJson(const LogFile& file) {
  json slices = json::array();
  for (const auto& [slice, rows] : file.rows_by_slice) slices.push_back({slice, rows});
  return {{"name", file.identity.name},
          {"bytes", file.identity.bytes},
          {"sha256", file.identity.sha256},
          {"source", file.source},
          {"counters", file.counters.values()},
          {"rows_by_slice", std::move(slices)},
          {"outside_start", file.outside_start},
          {"outside_end", file.outside_end},
          {"skipped", file.skipped}};
}

LogFile FromJson(const json& j) {
  LogFile file;
  file.identity = {j.at("name"), j.at("bytes"), j.at("sha256")};
  file.source = j.at("source");
  for (const auto& [name, n] : j.at("counters").items()) file.counters.Add(name, n);
  for (const auto& slice : j.at("rows_by_slice")) file.rows_by_slice[slice.at(0)] = slice.at(1);
  file.outside_start = j.at("outside_start");
  file.outside_end = j.at("outside_end");
  file.skipped = j.at("skipped");
  return file;
}

}  // namespace

LogMemory::LogMemory(storage::Writer* writer, const std::string& version, std::string configuration_hash)
    : writer_(writer),
      folder_("_intake/feature_spec_version=" + version),
      configuration_hash_(std::move(configuration_hash)) {}

arrow::Status LogMemory::Open() {
  ARROW_ASSIGN_OR_RAISE(store_, storage::OpenStore(writer_->root()));
  ARROW_ASSIGN_OR_RAISE(const auto names, store_->Names(folder_ + "/" + configuration_hash_.substr(0, 16)));
  known_.insert(names.begin(), names.end());
  return arrow::Status::OK();
}

std::string LogMemory::PathOf(const std::string& sha256) const {
  return folder_ + "/" + configuration_hash_.substr(0, 16) + "/" + sha256 + ".json";
}

arrow::Result<std::optional<LogFile>> LogMemory::Recall(const std::string& sha256) const {
  if (!known_.contains(sha256 + ".json")) return std::optional<LogFile>();
  ARROW_ASSIGN_OR_RAISE(const auto text, store_->Read(PathOf(sha256)));
  if (!text) return std::optional<LogFile>();
  // What can't be read was not written by this version: the file is parsed again.
  try {
    return std::optional(FromJson(json::parse(*text)));
  } catch (const json::exception&) {
    return std::optional<LogFile>();
  }
}

arrow::Status LogMemory::Remember(const LogFile& file) {
  return writer_->WriteWhole(PathOf(file.identity.sha256), ToJson(file).dump() + "\n");
}

}  // namespace ndr::jobs
