// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace ndr::pipeline {

/// A folder of its own for each test, removed at the end.
class TemporaryRoot {
 public:
  TemporaryRoot() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ndr-pipeline-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryRoot() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }
  bool Has(const std::string& name) const { return std::filesystem::exists(path_ + "/" + name); }
  void Put(const std::string& name, const std::string& bytes) const {
    const std::filesystem::path file = path_ + "/" + name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
  }
  std::string Get(const std::string& name) const {
    std::ifstream in(path_ + "/" + name, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }

 private:
  std::string path_;
};

}  // namespace ndr::pipeline
