// SPDX-License-Identifier: Apache-2.0
#include "ndr/delta/duplicates.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstring>
#include <functional>
#include <tuple>

#include "ndr/base/hash.h"

namespace ndr::delta {
namespace {

using catalogue::kSessionAmounts;
using catalogue::kSessionWords;
using catalogue::Validity;

struct RowOf {
  uint32_t batch = 0, row = 0;
};

uint64_t HashText(std::string_view text) { return std::hash<std::string_view>()(text); }

// One row with its texts; cells of null rows are not read.
class Row {
 public:
  Row(std::span<const InputBatch> input, RowOf at) : c_(input[at.batch].columns), i_(at.row) {}

  std::string_view key() const { return c_.has_session_key[i_] ? c_.session_key[i_] : std::string_view(); }
  std::string_view sequence() const { return c_.has_sequence[i_] ? c_.sequence[i_] : std::string_view(); }

  bool SameSession(const Row& o) const {
    return c_.event_start[i_] == o.c_.event_start[o.i_] && key() == o.key() && SameAddresses(o) &&
           SamePort(c_.source_port, c_.has_source_port, o, o.c_.source_port, o.c_.has_source_port) &&
           SamePort(c_.destination_port, c_.has_destination_port, o, o.c_.destination_port,
                    o.c_.has_destination_port) &&
           word(catalogue::kDevice) == o.word(catalogue::kDevice);
  }
  bool Equals(const Row& o) const {
    if (!SameSession(o) || sequence() != o.sequence() || c_.transport[i_] != o.c_.transport[o.i_] ||
        c_.event_name[i_] != o.c_.event_name[o.i_] || c_.repeat_count[i_] != o.c_.repeat_count[o.i_] ||
        end() != o.end())
      return false;
    for (size_t a = 0; a < kSessionAmounts; ++a)
      if (amount(a) != o.amount(a)) return false;
    for (size_t w = 0; w < kSessionWords; ++w)
      if (word(w) != o.word(w)) return false;
    return true;
  }

  uint64_t SessionHash() const {
    uint64_t h = base::Mix(HashText(key()), static_cast<uint64_t>(c_.event_start[i_]));
    h = base::Mix(h, base::Hash(c_.Source(i_)));
    return base::Mix(h, base::Hash(c_.Destination(i_)));
  }
  uint64_t ContentHash() const {
    uint64_t h = base::Mix(SessionHash(), HashText(sequence()));
    for (size_t a = 0; a < kSessionAmounts; ++a)
      h = base::Mix(h, static_cast<uint64_t>(amount(a).value_or(-1)));
    return base::Mix(h, static_cast<uint64_t>(end().value_or(-1)));
  }

 private:
  using Ports = std::span<const uint16_t>;
  bool SameAddresses(const Row& o) const {
    return c_.Source(i_) == o.c_.Source(o.i_) && c_.Destination(i_) == o.c_.Destination(o.i_);
  }
  bool SamePort(Ports mine, Validity has, const Row& o, Ports theirs, Validity have) const {
    return has[i_] == have[o.i_] && (!has[i_] || mine[i_] == theirs[o.i_]);
  }
  std::optional<int64_t> amount(size_t a) const {
    return c_.has_amount[a][i_] ? std::optional(c_.amounts[a][i_]) : std::nullopt;
  }
  std::optional<int64_t> end() const {
    return c_.has_event_end[i_] ? std::optional(c_.event_end[i_]) : std::nullopt;
  }
  std::optional<std::string_view> word(size_t w) const {
    const int32_t number = c_.words[w][i_];
    return number < 0 ? std::nullopt : std::optional(c_.words[w].words[static_cast<size_t>(number)]);
  }

  const catalogue::SessionColumns& c_;
  size_t i_;
};

// Rows by hash; rows of one hash that are not equal hang on one chain.
class RowTable {
 public:
  // The row of the same hash that `same` accepts; else adds `row` and returns nullptr.
  template <class Same>
  RowOf* FindOrAdd(uint64_t hash, RowOf row, Same same) {
    const auto [entry, added] = first_.try_emplace(hash, static_cast<int32_t>(rows_.size()));
    if (!added) {
      for (int32_t at = entry->second; at >= 0; at = next_[static_cast<size_t>(at)])
        if (same(rows_[static_cast<size_t>(at)])) return &rows_[static_cast<size_t>(at)];
      next_.push_back(entry->second);
      entry->second = static_cast<int32_t>(rows_.size());
    } else {
      next_.push_back(-1);
    }
    rows_.push_back(row);
    return nullptr;
  }

 private:
  boost::unordered_flat_map<uint64_t, int32_t> first_;
  std::vector<RowOf> rows_;
  std::vector<int32_t> next_;
};

// Leading zeros do not count; empty for what is no number.
std::string_view Significant(std::string_view digits) {
  const size_t begin = std::min(digits.find_first_not_of('0'), digits.size() - 1);
  return digits.substr(begin);
}

template <class Visit>
void ForEachKeyed(std::span<InputBatch> input, Visit visit) {
  for (uint32_t b = 0; b < input.size(); ++b) {
    const auto& c = input[b].columns;
    for (uint32_t i = 0; i < c.rows; ++i)
      if (c.has_session_key[i] && input[b].fates[i] == Fate::kUsed) visit(RowOf{b, i});
  }
}

void MarkEqual(std::span<InputBatch> input) {
  RowTable table;
  ForEachKeyed(input, [&](RowOf at) {
    InputBatch& batch = input[at.batch];
    if (!batch.key_alone_identifies && !batch.columns.has_sequence[at.row]) return;
    const Row row(input, at);
    const auto equal = [&](RowOf other) { return row.Equals(Row(input, other)); };
    if (table.FindOrAdd(row.ContentHash(), at, equal) != nullptr) batch.fates[at.row] = Fate::kDuplicate;
  });
}

void MarkSuperseded(std::span<InputBatch> input) {
  RowTable table;
  ForEachKeyed(input, [&](RowOf at) {
    InputBatch& batch = input[at.batch];
    const bool traffic =
        batch.columns.event_name[at.row] == static_cast<uint8_t>(catalogue::EventName::kTraffic);
    const int32_t subtype = batch.columns.words[catalogue::kSubtype][at.row];
    if (!traffic || (batch.classes.Of(catalogue::kSubtype, subtype) & WordClasses::kEnd) == 0) return;
    const Row row(input, at);
    const auto same = [&](RowOf other) { return row.SameSession(Row(input, other)); };
    RowOf* best = table.FindOrAdd(row.SessionHash(), at, same);
    if (best == nullptr) return;
    if (SequenceLess(row.sequence(), Row(input, *best).sequence())) {
      batch.fates[at.row] = Fate::kSuperseded;
    } else {
      input[best->batch].fates[best->row] = Fate::kSuperseded;
      *best = at;
    }
  });
}

}  // namespace

bool SequenceLess(std::string_view a, std::string_view b) {
  const auto rank = [](std::string_view text) {
    return text.empty() ? 0 : text.find_first_not_of("0123456789") == std::string_view::npos ? 1 : 2;
  };
  if (rank(a) != 1 || rank(b) != 1) return std::pair(rank(a), a) < std::pair(rank(b), b);
  const std::string_view x = Significant(a), y = Significant(b);
  return std::pair(x.size(), x) < std::pair(y.size(), y);
}

void MarkDuplicates(std::span<InputBatch> input) {
  MarkEqual(input);
  MarkSuperseded(input);
}

}  // namespace ndr::delta
