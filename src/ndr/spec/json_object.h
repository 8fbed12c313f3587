// SPDX-License-Identifier: Apache-2.0
// JSON documents as text and as values, and places in them for messages: errors name the full path of the
// key.
#pragma once

#include <arrow/result.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace ndr::spec {

/// Members keep the order of the text: port sets and scores are in the project's order.
using Json = nlohmann::ordered_json;

/// Everything that is wrong with a document, in its order.
class Problems {
 public:
  void Add(std::string words) { found_.push_back({"", std::move(words)}); }
  /// Of the value at `path`; what follows only from another problem there or below is left out.
  void AddAt(const std::string& path, const std::string& words);
  bool empty() const { return found_.empty(); }
  /// Invalid: the one problem, or `2 problems` and a line for each.
  arrow::Status ToStatus() const;

 private:
  struct Problem {
    std::string path, words;
  };
  std::vector<Problem> found_;
};

/// Where a value stands (`calendar.weekend[1]`), and the problems of the whole document.
struct At {
  std::string path;
  Problems* problems;
  /// Lenient reading: what is unknown is noted here and passed over. Null: it is an error.
  std::vector<std::string>* warnings = nullptr;

  At Member(std::string_view name) const {
    return {path.empty() ? std::string(name) : path + "." + std::string(name), problems, warnings};
  }
  At Element(size_t i) const { return {path + "[" + std::to_string(i) + "]", problems, warnings}; }
  void Fail(const std::string& message) const;
  /// An error, or when lenient a warning.
  void Complain(const std::string& message) const;
  /// `expected`: a list of CIDRs such as 10.0.0.0/8
  void Expected(std::string_view expected, const Json& found) const;
  /// 'SATT' is no day; did you mean 'SAT'?
  void Unknown(const std::string& name, std::string_view what, const std::vector<std::string>& known) const;
};

/// Parses text; a syntax error and a key that stands twice in one object are Invalid, `origin` first.
arrow::Result<Json> ParseJson(std::string_view text, std::string_view origin);
/// The same of a file; `what` it is called in errors.
arrow::Result<Json> ReadJsonFile(const std::string& path, std::string_view what = "file");
/// One line, for canonical texts and messages; bytes that are no UTF-8 are replaced.
std::string OneLine(const Json& json);
/// A whole number without a decimal point, so that 24 and 24.0 are the same text.
Json NumberJson(double value);

}  // namespace ndr::spec
