// SPDX-License-Identifier: Apache-2.0
// One JSON object a line to a record, by a tree of field names. The only place that parses JSON logs. Every
// line is checked against the whole grammar (RFC 8259), also where nothing is taken.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/ingest/format.h"
#include "ndr/ingest/record.h"

namespace ndr::ingest {

/// Which names of a JSON object are which fields, nested objects included. Built once, then immutable.
class NameTree {
 public:
  NameTree() : nodes_(1) {}
  /// `name` as it stands; with dots also as a path of nested objects (`source.ip` is `{"source": {"ip":
  /// ..}}`).
  void Add(std::string_view name, Field field);

  struct Entry {
    std::string name;
    Field field = kNoField;
    int32_t child = -1;  ///< the node below, for objects
  };
  /// nullptr when the node has no such name.
  const Entry* Find(int32_t node, std::string_view name) const {
    const Node& n = nodes_[static_cast<size_t>(node)];
    if (n.slots.empty()) return nullptr;
    for (size_t i = Hash(name) & (n.slots.size() - 1);; i = (i + 1) & (n.slots.size() - 1)) {
      const int32_t at = n.slots[i];
      if (at < 0) return nullptr;
      if (n.entries[static_cast<size_t>(at)].name == name) return &n.entries[static_cast<size_t>(at)];
    }
  }

 private:
  struct Node {
    std::vector<Entry> entries;
    std::vector<int32_t> slots;  // open addressing, at most half full
  };
  static size_t Hash(std::string_view name);
  Entry* FindOrAdd(int32_t node, std::string_view name);

  std::vector<Node> nodes_;
};

/// Reads line after line; not for several threads. Texts of a record live until the next one, and as long as
/// the line's bytes.
class JsonReader {
 public:
  explicit JsonReader(const NameTree& names);
  ~JsonReader();
  /// Fills `record`, cleared before; kBlockPadding readable bytes stand behind the line. Returns nullptr, or
  /// why the line is no JSON object. Numbers and texts are their bytes; null, empty, objects and arrays are
  /// null, but an array of texts or numbers is its first. Of a name that occurs twice the last value that is
  /// not null counts.
  const char* Read(std::string_view line, Record* record);
  /// All names of the object and, by paths with dots, of the objects in it; none for a bad line.
  void Names(std::string_view line, std::set<std::string>* names);

 private:
  class Cursor;
  struct Guess;
  std::unique_ptr<Cursor> cursor_;
};

/// Calls `take(line, &record)` for each line that is a JSON object; the others are unparsable.
template <class Take>
void ForEachObject(const NameTree& names, const Block& block, Assembler* assembler, Take take) {
  JsonReader reader(names);
  Record record;
  ForEachLine(block, assembler, [&](const Line& line) {
    if (const char* error = reader.Read(line.bytes, &record))
      assembler->Unparsable(line, error);
    else
      take(line, &record);
  });
}

}  // namespace ndr::ingest
