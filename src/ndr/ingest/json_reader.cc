// SPDX-License-Identifier: Apache-2.0
#include "ndr/ingest/json_reader.h"

#include <simdjson.h>

#include <cstring>

#include "ndr/base/hash.h"

namespace ndr::ingest {
namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;
using simdjson::SUCCESS;

constexpr const char* kNotAnObject = "the line is no JSON object";
// Names below more nested objects are nobody's fields.
constexpr int kNamesDepth = 4;

// The bytes of a key up to its quote; escaped ones are not unescaped.
std::string_view KeyOf(ondemand::field& field, const char* end) {
  const char* begin = field.key().raw();
  const char* at = begin;
  while (at < end && *at != '"') at += *at == '\\' ? 2 : 1;
  return {begin, static_cast<size_t>(std::min(at, end) - begin)};
}

std::string_view TrimmedToken(std::string_view token) {
  while (!token.empty() && (token.back() == ' ' || token.back() == '\t' || token.back() == '\r' || token.back() == '\n'))
    token.remove_suffix(1);
  return token;
}

// A text, number or literal as its bytes. Errors are those of the JSON.
error_code Scalar(ondemand::value& value, ondemand::json_type type, std::string_view* text) {
  if (type == ondemand::json_type::string) {
    std::string_view token = TrimmedToken(value.raw_json_token());
    if (token.size() >= 2 && std::memchr(token.data(), '\\', token.size()) == nullptr && token.back() == '"') {
      *text = token.substr(1, token.size() - 2);
      return SUCCESS;
    }
    return value.get_string().get(*text);
  }
  if (type == ondemand::json_type::null) {
    bool null = false;
    const error_code error = value.is_null().get(null);
    return error ? error : null ? SUCCESS : simdjson::N_ATOM_ERROR;
  }
  if (type == ondemand::json_type::boolean) {
    bool flag = false;
    if (const error_code error = value.get_bool().get(flag)) return error;
    *text = flag ? "true" : "false";
    return SUCCESS;
  }
  *text = TrimmedToken(value.raw_json_token());
  return SUCCESS;
}

}  // namespace

struct JsonReader::State {
  explicit State(const NameTree& tree) : names(tree) {}

  error_code Open(std::string_view line, ondemand::object* object) {
    if (const error_code error =
            parser.iterate(line.data(), line.size(), line.size() + simdjson::SIMDJSON_PADDING).get(document))
      return error;
    end = line.data() + line.size();
    return document.get_object().get(*object);
  }
  error_code Walk(ondemand::object& object, int32_t node, Record* record);
  error_code Take(ondemand::value& value, const NameTree::Entry& entry, Record* record);
  error_code Collect(ondemand::object& object, const std::string& prefix, int depth, std::set<std::string>* all);

  const NameTree& names;
  ondemand::parser parser;
  ondemand::document document;
  const char* end = nullptr;
};

error_code JsonReader::State::Walk(ondemand::object& object, int32_t node, Record* record) {
  for (auto result : object) {
    ondemand::field field;
    if (const error_code error = std::move(result).get(field)) return error;
    const NameTree::Entry* entry = names.Find(node, KeyOf(field, end));
    if (entry == nullptr) continue;
    if (const error_code error = Take(field.value(), *entry, record)) return error;
  }
  return SUCCESS;
}

error_code JsonReader::State::Take(ondemand::value& value, const NameTree::Entry& entry, Record* record) {
  ondemand::json_type type;
  if (const error_code error = value.type().get(type)) return error;
  if (type == ondemand::json_type::object) {
    if (entry.child < 0) return SUCCESS;
    ondemand::object object;
    if (const error_code error = value.get_object().get(object)) return error;
    return Walk(object, entry.child, record);
  }
  if (entry.field == kNoField) return SUCCESS;
  std::string_view text;
  if (type == ondemand::json_type::array) {
    ondemand::array array;
    if (const error_code error = value.get_array().get(array)) return error;
    bool first = true;
    for (auto result : array) {
      ondemand::value element;
      if (const error_code error = std::move(result).get(element)) return error;
      if (!first) continue;
      first = false;
      if (const error_code error = element.type().get(type)) return error;
      if (type == ondemand::json_type::object || type == ondemand::json_type::array) continue;
      if (const error_code error = Scalar(element, type, &text)) return error;
    }
  } else if (const error_code error = Scalar(value, type, &text)) {
    return error;
  }
  if (!text.empty()) (*record)[entry.field] = text;
  return SUCCESS;
}

error_code JsonReader::State::Collect(ondemand::object& object, const std::string& prefix, int depth,
                                      std::set<std::string>* all) {
  for (auto result : object) {
    ondemand::field field;
    if (const error_code error = std::move(result).get(field)) return error;
    const std::string name = prefix + std::string(KeyOf(field, end));
    all->insert(name);
    ondemand::json_type type;
    if (const error_code error = field.value().type().get(type)) return error;
    if (type != ondemand::json_type::object || depth >= kNamesDepth) continue;
    ondemand::object below;
    if (const error_code error = field.value().get_object().get(below)) return error;
    if (const error_code error = Collect(below, name + ".", depth + 1, all)) return error;
  }
  return SUCCESS;
}

JsonReader::JsonReader(const NameTree& names) : state_(std::make_unique<State>(names)) {}
JsonReader::~JsonReader() = default;

const char* JsonReader::Read(std::string_view line, Record* record) {
  *record = {};
  ondemand::object object;
  error_code error = state_->Open(line, &object);
  if (error == simdjson::INCORRECT_TYPE) return kNotAnObject;
  if (!error) error = state_->Walk(object, 0, record);
  if (error) return simdjson::error_message(error);
  const bool at_end = state_->document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  return at_end ? nullptr : "something follows the JSON object";
}

void JsonReader::Names(std::string_view line, std::set<std::string>* names) {
  std::set<std::string> found;
  ondemand::object object;
  if (!state_->Open(line, &object) && !state_->Collect(object, "", 0, &found)) names->merge(found);
}

size_t NameTree::Hash(std::string_view name) {
  uint64_t head = 0, tail = 0;
  const size_t n = std::min<size_t>(name.size(), 8);
  std::memcpy(&head, name.data(), n);
  std::memcpy(&tail, name.data() + name.size() - n, n);
  return base::Mix(head ^ (tail << 1) ^ name.size());
}

NameTree::Entry* NameTree::FindOrAdd(int32_t node, std::string_view name) {
  if (const Entry* found = Find(node, name)) return const_cast<Entry*>(found);
  Node& n = nodes_[static_cast<size_t>(node)];
  n.entries.push_back({std::string(name), kNoField, -1});
  size_t size = 8;
  while (size < 2 * n.entries.size()) size *= 2;
  n.slots.assign(size, -1);
  for (size_t e = 0; e < n.entries.size(); ++e) {
    size_t i = Hash(n.entries[e].name) & (size - 1);
    while (n.slots[i] >= 0) i = (i + 1) & (size - 1);
    n.slots[i] = static_cast<int32_t>(e);
  }
  return &n.entries.back();
}

void NameTree::Add(std::string_view name, Field field) {
  FindOrAdd(0, name)->field = field;
  int32_t node = 0;
  for (size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
    int32_t child = FindOrAdd(node, name.substr(0, dot))->child;
    if (child < 0) {
      child = static_cast<int32_t>(nodes_.size());
      nodes_.emplace_back();
      FindOrAdd(node, name.substr(0, dot))->child = child;
    }
    node = child;
    name.remove_prefix(dot + 1);
    FindOrAdd(node, name)->field = field;
  }
}

}  // namespace ndr::ingest
