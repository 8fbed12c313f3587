// SPDX-License-Identifier: Apache-2.0
// A store of documents in memory.
#pragma once

#include <map>

#include "ndr/spec/store.h"

namespace ndr::spec {

class FakeStore : public SpecStore {
 public:
  const std::string& name() const override { return name_; }
  arrow::Result<std::optional<Json>> Get(const SpecKey& key) override {
    ++gets;
    const auto found = documents.find(key);
    if (found == documents.end()) return std::nullopt;
    return std::make_optional<Json>(found->second);
  }
  arrow::Result<std::vector<SpecKey>> List(const std::string& project) override {
    std::vector<SpecKey> keys;
    for (const auto& [key, body] : documents)
      if (project.empty() || key.project == project) keys.push_back(key);
    return keys;
  }
  arrow::Status Put(const SpecKey& key, const Json& body, bool) override {
    documents[key] = body;
    return arrow::Status::OK();
  }

  std::map<SpecKey, Json> documents;
  int gets = 0;

 private:
  std::string name_ = "fake:memory";
};

}  // namespace ndr::spec
