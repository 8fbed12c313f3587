// SPDX-License-Identifier: Apache-2.0
#include "ndr/ingest/json_reader.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "ndr/base/hash.h"
#include "ndr/ingest/utf8.h"

namespace ndr::ingest {
namespace {

constexpr int kMaxDepth = 512;
constexpr uint64_t kOnes = 0x0101010101010101ull;

// Of eight bytes, bit 7 of the first that is a quote, a backslash or a control character; bits behind it mean
// nothing.
uint64_t Special(uint64_t eight) {
  const uint64_t quote = eight ^ (kOnes * '"'), backslash = eight ^ (kOnes * '\\');
  return (((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash) |
          ((eight - kOnes * 0x20) & ~eight)) &
         (kOnes * 0x80);
}

bool IsJsonDigit(char c) { return c >= '0' && c <= '9'; }

int HexValue(char c) {
  if (IsJsonDigit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

// A name with its closing quote, and what it was found to be.
struct JsonReader::Guess {
  static constexpr size_t kMaxBytes = 32;
  int32_t node = -1;
  size_t size = 0;
  const NameTree::Entry* entry = nullptr;
  alignas(8) char bytes[kMaxBytes];

  void Set(int32_t of, std::string_view name_and_quote, const NameTree::Entry* found) {
    node = name_and_quote.size() <= kMaxBytes ? of : -1;
    size = name_and_quote.size();
    entry = found;
    if (node >= 0) std::memcpy(bytes, name_and_quote.data(), size);
  }
  // Reads up to kMaxBytes behind `at`.
  bool Matches(const char* at) const {
    size_t i = 0;
    for (uint64_t mine, theirs; i + 8 <= size; i += 8) {
      std::memcpy(&mine, bytes + i, 8);
      std::memcpy(&theirs, at + i, 8);
      if (mine != theirs) return false;
    }
    return std::memcmp(bytes + i, at + i, size - i) == 0;
  }
};

// A recursive descent over one line. Functions return false with `error_` set; `at_` stands behind what was
// read.
class JsonReader::Cursor {
 public:
  explicit Cursor(const NameTree& names) : names_(names) {}

  const char* Run(std::string_view line, Record* record, std::set<std::string>* collected) {
    at_ = line.data();
    end_ = at_ + line.size();
    record_ = record;
    collected_ = collected;
    unescaped_.clear();
    names_read_ = 0;
    path_.clear();
    error_ = nullptr;
    SkipBlanks();
    if (at_ >= end_ || *at_ != '{') return "the line is no JSON object";
    if (!Object(collected == nullptr ? 0 : kNoNode, 1)) return error_;
    SkipBlanks();
    if (at_ < end_) return "something follows the JSON object";
    return IsUtf8(line) ? nullptr : "the line is no UTF-8 text";
  }

 private:
  static constexpr int32_t kNoNode = -1;

  bool Fail(const char* why) {
    error_ = why;
    return false;
  }
  void SkipBlanks() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\r' || *at_ == '\n')) ++at_;
  }
  char Peek() {
    SkipBlanks();
    return at_ < end_ ? *at_ : '\0';
  }

  // At '{'. Names of `node` are taken, everything else is only checked.
  bool Object(int32_t node, int depth) {
    if (depth > kMaxDepth) return Fail("the JSON is nested more than 512 deep");
    ++at_;
    if (Peek() == '}') return ++at_, true;
    for (;;) {
      if (Peek() != '"') return Fail("a name is missing in the JSON");
      const size_t prefix = path_.size();
      const NameTree::Entry* entry = nullptr;
      if (!Name(node, &entry)) return false;
      if (Peek() != ':') return Fail("a colon is missing in the JSON");
      ++at_;
      if (!Value(entry, depth)) return false;
      path_.resize(prefix);
      const char next = Peek();
      ++at_;
      if (next == '}') return true;
      if (next != ',') return Fail("the JSON object does not end");
    }
  }

  // At '"'. Finds the name among those of `node`; lines of one log name their fields in the same order, so
  // the name that stood here in the line before is tried first.
  bool Name(int32_t node, const NameTree::Entry** entry) {
    Guess* guess = node == kNoNode || names_read_ == guesses_.size() ? nullptr : &guesses_[names_read_++];
    if (guess != nullptr && guess->node == node && guess->size < static_cast<size_t>(end_ - at_) &&
        guess->Matches(at_ + 1)) {
      *entry = guess->entry;
      at_ += 1 + guess->size;
      return true;
    }
    const char* begin = at_ + 1;
    std::string_view name;
    if (!Text(&name)) return false;
    if (collected_ != nullptr) {
      path_.append(path_.empty() ? "" : ".").append(name);
      collected_->insert(path_);
    }
    if (node != kNoNode) *entry = names_.Find(node, name);
    if (guess != nullptr) guess->Set(node, {begin, static_cast<size_t>(at_ - begin)}, *entry);
    return true;
  }

  // At '['. Its first element stands for the field, unless that is an object or array.
  bool Array(const NameTree::Entry* entry, int depth) {
    if (depth > kMaxDepth) return Fail("the JSON is nested more than 512 deep");
    ++at_;
    if (Peek() == ']') return ++at_, true;
    for (;;) {
      const char first = Peek();
      if (!Value(first == '{' || first == '[' ? nullptr : entry, depth)) return false;
      entry = nullptr;
      const char next = Peek();
      ++at_;
      if (next == ']') return true;
      if (next != ',') return Fail("a JSON array does not end");
    }
  }

  bool Value(const NameTree::Entry* entry, int depth) {
    std::string_view text;
    switch (Peek()) {
      case '{':
        return Object(entry == nullptr ? kNoNode : entry->child, depth + 1);
      case '[':
        return Array(entry, depth + 1);
      case '"':
        if (!Text(&text)) return false;
        break;
      case 't':
        if (!Literal("true", &text)) return false;
        break;
      case 'f':
        if (!Literal("false", &text)) return false;
        break;
      case 'n':
        return Literal("null", &text);
      default:
        if (!Number(&text)) return false;
    }
    if (entry != nullptr && entry->field != kNoField && record_ != nullptr && !text.empty())
      (*record_)[entry->field] = text;
    return true;
  }

  bool Literal(std::string_view word, std::string_view* text) {
    if (static_cast<size_t>(end_ - at_) < word.size() || std::memcmp(at_, word.data(), word.size()) != 0)
      return Fail("a value of the JSON is none");
    *text = {at_, word.size()};
    at_ += word.size();
    return true;
  }

  bool Digits() {
    const char* begin = at_;
    while (at_ < end_ && IsJsonDigit(*at_)) ++at_;
    return at_ > begin;
  }

  bool Number(std::string_view* text) {
    const char* begin = at_;
    if (at_ < end_ && *at_ == '-') ++at_;
    const bool zero = at_ < end_ && *at_ == '0';
    const char* integer = at_;
    if (!Digits() || (zero && at_ - integer > 1)) return Fail("a value of the JSON is none");
    if (at_ < end_ && *at_ == '.' && (++at_, !Digits())) return Fail("a number of the JSON is none");
    if (at_ < end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (at_ < end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      if (!Digits()) return Fail("a number of the JSON is none");
    }
    *text = {begin, static_cast<size_t>(at_ - begin)};
    return true;
  }

  // At '"'. Reads up to seven bytes behind the line.
  bool Text(std::string_view* text) {
    const char* begin = ++at_;
    bool escaped = false;
    for (;;) {
      uint64_t eight;
      std::memcpy(&eight, at_, 8);
      const uint64_t special = Special(eight);
      at_ += special == 0 ? 8 : std::countr_zero(special) / 8;
      if (at_ >= end_) return Fail("a text of the JSON does not end");
      if (special == 0) continue;
      if (*at_ == '"') break;
      if (*at_ != '\\' || !SkipEscape()) return Fail("a text of the JSON holds what it must not");
      escaped = true;
    }
    *text = {begin, static_cast<size_t>(at_ - begin)};
    ++at_;
    if (escaped) *text = Unescaped(*text);
    return true;
  }

  // At '\\'.
  bool SkipEscape() {
    if (end_ - at_ < 2) return false;
    if (at_[1] != 'u') {
      const bool known = std::string_view("\"\\/bfnrt").find(at_[1]) != std::string_view::npos;
      at_ += 2;
      return known;
    }
    if (end_ - at_ < 6) return false;
    for (int i = 2; i < 6; ++i)
      if (HexValue(at_[i]) < 0) return false;
    at_ += 6;
    return true;
  }

  // Into a buffer that never moves within a line: what is unescaped only gets shorter.
  std::string_view Unescaped(std::string_view raw) {
    unescaped_.reserve(static_cast<size_t>(end_ - at_) + unescaped_.size() + raw.size());
    const size_t begin = unescaped_.size();
    for (size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] != '\\') {
        unescaped_ += raw[i];
        continue;
      }
      const char kind = raw[++i];
      if (kind == 'u') {
        uint32_t code = Hex4(raw, i + 1);
        i += 4;
        if (code >= 0xd800 && code < 0xdc00 && i + 6 < raw.size() && raw[i + 1] == '\\' &&
            raw[i + 2] == 'u') {
          const uint32_t low = Hex4(raw, i + 3);
          if (low >= 0xdc00 && low < 0xe000) {
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            i += 6;
          }
        }
        AppendUtf8(code, &unescaped_);
      } else {
        const size_t control = std::string_view("bfnrt").find(kind);
        unescaped_ += control == std::string_view::npos ? kind : "\b\f\n\r\t"[control];
      }
    }
    return std::string_view(unescaped_).substr(begin);
  }

  static uint32_t Hex4(std::string_view raw, size_t at) {
    uint32_t value = 0;
    for (size_t i = at; i < at + 4; ++i) value = value * 16 + static_cast<uint32_t>(HexValue(raw[i]));
    return value;
  }

  const NameTree& names_;
  std::array<Guess, 64> guesses_;  // by the number of the name within the line
  size_t names_read_ = 0;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  const char* error_ = nullptr;
  Record* record_ = nullptr;
  std::set<std::string>* collected_ = nullptr;
  std::string path_, unescaped_;
};

JsonReader::JsonReader(const NameTree& names) : cursor_(std::make_unique<Cursor>(names)) {}
JsonReader::~JsonReader() = default;

const char* JsonReader::Read(std::string_view line, Record* record) {
  *record = {};
  return cursor_->Run(line, record, nullptr);
}

void JsonReader::Names(std::string_view line, std::set<std::string>* names) {
  std::set<std::string> found;
  if (cursor_->Run(line, nullptr, &found) == nullptr) names->merge(found);
}

size_t NameTree::Hash(std::string_view name) {
  uint64_t head = 0, tail = 0;
  const size_t n = std::min<size_t>(name.size(), 8);
  if (n > 0) {
    std::memcpy(&head, name.data(), n);
    std::memcpy(&tail, name.data() + name.size() - n, n);
  }
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
