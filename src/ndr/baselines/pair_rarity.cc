// SPDX-License-Identifier: Apache-2.0
#include "ndr/baselines/pair_rarity.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <string>
#include <tuple>

#include "ndr/catalogue/batch.h"
#include "ndr/stats/rarity.h"

namespace ndr::baselines {

using arrow::Status;
using catalogue::Dataset;

PairRarity::PairRarity(std::shared_ptr<const Plan> plan, const Range& range, std::string first,
                       size_t max_pairs)
    : plan_(std::move(plan)),
      first_(std::move(first)),
      max_pairs_(max_pairs),
      start_(range.start),
      end_(range.end) {
  const int64_t days = (base::DayStart(end_ - 1) - base::DayStart(start_)) / base::kMicrosPerDay + 1;
  day_words_ = static_cast<size_t>((days + 63) / 64);
}

uint32_t PairRarity::SegmentOf(base::Address source) {
  const auto [at, is_new] = segment_of_.try_emplace(source, 0);
  if (is_new) {
    const auto number = static_cast<uint32_t>(segments_.size());
    const auto [known, fresh] =
        segment_numbers_.try_emplace(plan_->context().network.SegmentIdOf(source), number);
    if (fresh) segments_.push_back(known->first);
    at->second = known->second;
  }
  return at->second;
}

bool PairRarity::Takes(base::Address source) {
  if (first_.empty() && !next_) return true;
  const std::string& segment = segments_[SegmentOf(source)];
  return segment >= first_ && (!next_ || segment < *next_);
}

// The pairs of the first segments, at most half of what fits, stay; at least those of one do.
void PairRarity::ForgetLastSegments() {
  std::map<std::string, size_t> pairs_of;
  for (const auto& [pair, index] : index_) ++pairs_of[segments_[SegmentOf(pair.source)]];
  one_segment_ = pairs_of.size() == 1;
  if (one_segment_) return;
  size_t kept = 0;
  auto last = pairs_of.begin();
  for (; last != pairs_of.end() && (kept == 0 || kept + last->second <= max_pairs_ / 2); ++last)
    kept += last->second;
  if (last == pairs_of.end()) --last;
  next_ = last->first;
  boost::unordered_flat_map<Pair, uint32_t, PairHash> index;
  std::vector<Seen> seen;
  std::vector<uint64_t> days;
  for (const auto& [pair, old] : index_) {
    if (!Takes(pair.source)) continue;
    index.emplace(pair, static_cast<uint32_t>(seen.size()));
    seen.push_back(seen_[old]);
    days.insert(days.end(), days_.begin() + static_cast<ptrdiff_t>(old * day_words_),
                days_.begin() + static_cast<ptrdiff_t>((old + 1) * day_words_));
  }
  index_ = std::move(index), seen_ = std::move(seen), days_ = std::move(days);
}

Status PairRarity::Add(const arrow::RecordBatch& pairs) {
  ARROW_ASSIGN_OR_RAISE(const uint8_t* sources, catalogue::AddressBytes(pairs, "src_ip"));
  ARROW_ASSIGN_OR_RAISE(const uint8_t* destinations, catalogue::AddressBytes(pairs, "dst_ip"));
  ARROW_ASSIGN_OR_RAISE(const auto ports, catalogue::Values<uint16_t>(pairs, "dst_port"));
  ARROW_ASSIGN_OR_RAISE(const auto has_port, catalogue::Valid(pairs, "dst_port"));
  ARROW_ASSIGN_OR_RAISE(const auto slices, catalogue::Values<int64_t>(pairs, "slice_start_ts"));
  ARROW_ASSIGN_OR_RAISE(const auto sessions, catalogue::Counts(pairs, "sessions_cnt"));
  int64_t outside = 0, portless = 0;
  base::Address source;
  bool takes = false;
  for (size_t i = 0; i < slices.size(); ++i) {
    if (slices[i] < start_ || slices[i] >= end_) {
      ++outside;
      continue;
    }
    if (!has_port[i]) {
      ++portless;
      continue;
    }
    // Rows come by source as a rule.
    const auto from = base::Address::FromBytes(sources + i * base::kAddressBytes);
    if (from != source || !takes) source = from, takes = Takes(source);
    if (!takes) continue;
    const Pair pair{source, base::Address::FromBytes(destinations + i * base::kAddressBytes), ports[i]};
    const auto [it, is_new] = index_.try_emplace(pair, static_cast<uint32_t>(seen_.size()));
    if (is_new) {
      seen_.emplace_back();
      days_.resize(days_.size() + day_words_);
    }
    Seen& seen = seen_[it->second];
    ++seen.rows;
    seen.sessions += sessions[i];
    seen.last = std::max(seen.last, slices[i] + base::kSliceMicros);
    const auto day =
        static_cast<size_t>((base::DayStart(slices[i]) - base::DayStart(start_)) / base::kMicrosPerDay);
    days_[it->second * day_words_ + day / 64] |= uint64_t{1} << (day % 64);
    if (seen_.size() > max_pairs_ && !one_segment_) {
      ForgetLastSegments();
      takes = Takes(source);
    }
  }
  if (!first_.empty()) return Status::OK();  // the first pass counted them
  counters_.Add("pair_rows_outside", outside);
  counters_.Add("pair_rows_without_port", portless);
  return Status::OK();
}

// Rows of one of the two tables, cut into batches.
class PairRarity::Writer {
 public:
  Writer(const Plan& plan, Dataset table) : plan_(plan), table_(table) {}

  // `from` is the text of the source or of its segment.
  Status Add(std::string_view from, base::Address source, base::Address destination, uint16_t port,
             const Seen& seen, int64_t days) {
    char text[base::kAddressTextMax];
    const size_t length = base::FormatAddress(destination, text);
    fmt::format_to(std::back_inserter(keys_), "{}|{}|{}", from, std::string_view(text, length), port);
    key_ends_.push_back(static_cast<int32_t>(keys_.size()));
    if (table_ == Dataset::kPairSegment) {
      segments_ += from;
      segment_ends_.push_back(static_cast<int32_t>(segments_.size()));
    } else {
      sources_.push_back(source);
    }
    destinations_.push_back(destination);
    ports_.push_back(port);
    sessions_.push_back(seen.sessions);
    last_.push_back(seen.last);
    days_.push_back(days);
    return ports_.size() == kRows ? Cut() : Status::OK();
  }

  arrow::Result<std::vector<std::shared_ptr<arrow::RecordBatch>>> Finish() {
    if (!ports_.empty()) ARROW_RETURN_NOT_OK(Cut());
    return std::move(batches_);
  }

 private:
  static constexpr size_t kRows = 262'144;

  Status Cut() {
    catalogue::BatchBuilder batch(plan_.context().catalogue->Schema(table_),
                                  static_cast<int64_t>(ports_.size()));
    std::vector<double> daily, rarity;
    std::vector<int8_t> rare;
    for (size_t i = 0; i < ports_.size(); ++i) {
      daily.push_back(static_cast<double>(sessions_[i]) /
                      static_cast<double>(std::max<int64_t>(1, days_[i])));
      rarity.push_back(stats::Rarity(sessions_[i]));
      rare.push_back(stats::IsRare(sessions_[i], plan_.context().project.rarity_threshold));
    }
    if (table_ == Dataset::kPairSegment)
      batch.PutTextBytes("segment_id", std::move(segment_ends_), std::move(segments_));
    else
      batch.PutAddresses("host_ip", sources_);
    batch.PutAddresses("dst_ip", destinations_);
    batch.Put("dst_port", std::move(ports_));
    batch.PutTextBytes("pair_key", std::move(key_ends_), std::move(keys_));
    batch.Put("pair_seen_count", std::move(sessions_));
    batch.Put("pair_last_seen_ts", std::move(last_));
    batch.Put("active_days", std::move(days_));
    batch.Put("pair_daily_avg", std::move(daily));
    batch.Put("pair_rarity_score", std::move(rarity));
    batch.Put("is_rare_pair_flag", std::move(rare));
    ARROW_ASSIGN_OR_RAISE(auto finished, batch.Finish());
    batches_.push_back(std::move(finished));
    key_ends_ = segment_ends_ = {0};
    keys_.clear(), segments_.clear(), sources_.clear(), destinations_.clear();
    ports_.clear(), sessions_.clear(), last_.clear(), days_.clear();
    return Status::OK();
  }

  const Plan& plan_;
  Dataset table_;
  std::string keys_, segments_;
  std::vector<int32_t> key_ends_{0}, segment_ends_{0};
  std::vector<base::Address> sources_, destinations_;
  std::vector<uint16_t> ports_;
  std::vector<int64_t> sessions_, last_, days_;
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches_;
};

struct PairRarity::Line {
  Pair pair;
  uint32_t index;
  uint32_t segment;  // rank of its text
};

// By segment and source.
std::vector<PairRarity::Line> PairRarity::Lines() {
  std::vector<Line> lines;
  lines.reserve(index_.size());
  for (const auto& [pair, index] : index_) lines.push_back({pair, index, SegmentOf(pair.source)});
  index_ = {};
  std::vector<uint32_t> rank_of(segments_.size());
  uint32_t rank = 0;
  for (const auto& [id, number] : segment_numbers_) rank_of[number] = rank++;
  for (Line& line : lines) line.segment = rank_of[line.segment];
  std::sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return std::tie(a.segment, a.pair.source, a.pair.destination, a.pair.port) <
           std::tie(b.segment, b.pair.source, b.pair.destination, b.pair.port);
  });
  return lines;
}

arrow::Result<PairTables> PairRarity::Finish() {
  std::vector<Line> lines = Lines();
  std::vector<std::string> ranked;
  for (const auto& [id, number] : segment_numbers_) ranked.push_back(id);
  const auto day_count = [&](const uint64_t* words) {
    int64_t days = 0;
    for (size_t w = 0; w < day_words_; ++w) days += std::popcount(words[w]);
    return days;
  };

  int64_t rows = 0;
  for (const Seen& seen : seen_) rows += seen.rows;
  counters_.Add("pair_rows", rows);
  PairTables tables;
  Writer hosts(*plan_, Dataset::kPairHost), of_segments(*plan_, Dataset::kPairSegment);
  std::string source_text;
  for (size_t i = 0; i < lines.size(); ++i) {
    const Pair& pair = lines[i].pair;
    if (i == 0 || pair.source != lines[i - 1].pair.source) source_text = base::ToText(pair.source);
    ARROW_RETURN_NOT_OK(hosts.Add(source_text, pair.source, pair.destination, pair.port,
                                  seen_[lines[i].index], day_count(&days_[lines[i].index * day_words_])));
  }
  ARROW_ASSIGN_OR_RAISE(tables.host, hosts.Finish());

  const auto by_segment = [](const Line& line) {
    return std::tie(line.segment, line.pair.destination, line.pair.port);
  };
  std::sort(lines.begin(), lines.end(),
            [&](const Line& a, const Line& b) { return by_segment(a) < by_segment(b); });
  std::vector<uint64_t> days(day_words_);
  for (size_t i = 0; i < lines.size();) {
    const Line& first = lines[i];
    Seen seen;
    std::fill(days.begin(), days.end(), 0);
    for (; i < lines.size() && by_segment(lines[i]) == by_segment(first); ++i) {
      seen.sessions += seen_[lines[i].index].sessions;
      seen.last = std::max(seen.last, seen_[lines[i].index].last);
      for (size_t w = 0; w < day_words_; ++w) days[w] |= days_[lines[i].index * day_words_ + w];
    }
    ARROW_RETURN_NOT_OK(of_segments.Add(ranked[first.segment], {}, first.pair.destination, first.pair.port,
                                        seen, day_count(days.data())));
  }
  ARROW_ASSIGN_OR_RAISE(tables.segment, of_segments.Finish());
  return tables;
}

}  // namespace ndr::baselines
