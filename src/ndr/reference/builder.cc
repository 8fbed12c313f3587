// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "ndr/catalogue/batch.h"
#include "ndr/reference/tables.h"

namespace ndr::reference {
namespace {

using arrow::Status;
using catalogue::Dataset;

template <class Names>
arrow::Result<size_t> Find(const Names& names, std::string_view word, std::string_view column) {
  const auto it = std::find(std::begin(names), std::end(names), word);
  if (it == std::end(names)) return Status::Invalid("column '", column, "': '", word, "' is unknown");
  return static_cast<size_t>(it - std::begin(names));
}

// The (role, band, window) group of every row.
arrow::Result<std::vector<uint32_t>> Groups(const catalogue::Catalogue& catalogue,
                                            const arrow::RecordBatch& rows) {
  ARROW_ASSIGN_OR_RAISE(const auto roles, catalogue::TextsOf(rows, "role"));
  ARROW_ASSIGN_OR_RAISE(const auto bands, catalogue::TextsOf(rows, "time_band"));
  ARROW_ASSIGN_OR_RAISE(const auto labels, catalogue::TextsOf(rows, "window_label"));
  std::vector<uint32_t> groups(static_cast<size_t>(rows.num_rows()));
  for (size_t i = 0; i < groups.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(const size_t role, Find(catalogue::kRoleNames, roles[i], "role"));
    ARROW_ASSIGN_OR_RAISE(const size_t band, Find(base::kTimeBandNames, bands[i], "time_band"));
    const int window = catalogue.FindWindow(labels[i]);
    if (window < 0) return Status::Invalid("column 'window_label': '", labels[i], "' is unknown");
    groups[i] = static_cast<uint32_t>((role * base::kTimeBands + band) * catalogue.windows().size() +
                                      static_cast<size_t>(window));
  }
  return groups;
}

// Copies the statistics of one metric into column `metric` of the rows from `first` on; `take` names the
// batch's rows.
Status CopyMetric(const arrow::RecordBatch& rows, const std::string& column,
                  const std::vector<uint32_t>& take, size_t metric, size_t first, LevelTable* table) {
  static constexpr double Baseline::*kMembers[] = {&Baseline::median, &Baseline::p25, &Baseline::p75,
                                                   &Baseline::p95,    &Baseline::p99, &Baseline::mad,
                                                   &Baseline::iqr};
  Baseline* cells = table->cells.data() + first * table->metrics + metric;
  for (size_t s = 0; s < std::size(kMembers); ++s) {
    const std::string name = column + "_" + std::string(catalogue::kStatisticNames[s]);
    ARROW_ASSIGN_OR_RAISE(const auto values, catalogue::Values<double>(rows, name));
    ARROW_ASSIGN_OR_RAISE(const auto valid, catalogue::Valid(rows, name));
    for (size_t i = 0; i < take.size(); ++i)
      cells[i * table->metrics].*kMembers[s] =
          valid[take[i]] ? values[take[i]] : std::numeric_limits<double>::quiet_NaN();
  }
  ARROW_ASSIGN_OR_RAISE(const auto support, catalogue::Values<int64_t>(rows, column + "_support_count"));
  ARROW_ASSIGN_OR_RAISE(const auto cold, catalogue::Values<int8_t>(rows, column + "_cold_start_flag"));
  for (size_t i = 0; i < take.size(); ++i) {
    cells[i * table->metrics].support = support[take[i]];
    cells[i * table->metrics].is_cold = cold[take[i]] != 0;
  }
  return Status::OK();
}

// Appends the rows named by `take`, whose cells are `cells`.
Status AppendRows(const catalogue::Catalogue& catalogue, const arrow::RecordBatch& rows,
                  const std::vector<uint32_t>& take, const std::vector<size_t>& cells, bool counts_hosts,
                  LevelTable* table) {
  const size_t first = table->hosts_cnt.size();
  for (size_t i = 0; i < take.size(); ++i) {
    if (cells[i] >= table->row_of.size())
      table->row_of.resize(std::max(cells[i] + 1, table->row_of.size() * 2), kNoSlot);
    if (table->row_of[cells[i]] != kNoSlot) return Status::Invalid("the same key stands twice");
    table->row_of[cells[i]] = static_cast<uint32_t>(first + i);
  }
  if (counts_hosts) {
    ARROW_ASSIGN_OR_RAISE(const auto hosts, catalogue::Values<int64_t>(rows, "hosts_cnt"));
    for (const uint32_t row : take) table->hosts_cnt.push_back(hosts[row]);
  } else {
    table->hosts_cnt.resize(first + take.size(), 1);
  }
  table->metrics = catalogue.baselined().size();
  table->cells.resize(table->hosts_cnt.size() * table->metrics);
  for (size_t m = 0; m < table->metrics; ++m) {
    const auto& metric = catalogue.metrics()[static_cast<size_t>(catalogue.baselined()[m])];
    ARROW_RETURN_NOT_OK(CopyMetric(rows, metric.column, take, m, first, table));
  }
  return Status::OK();
}

template <class Key>
Status AddPairs(const arrow::RecordBatch& rows, const std::vector<base::Address>& destinations, Key from,
                Reference::Names* names, PairTable* table, std::vector<bool>* is_destination) {
  ARROW_ASSIGN_OR_RAISE(const auto ports, catalogue::Values<uint16_t>(rows, "dst_port"));
  ARROW_ASSIGN_OR_RAISE(const auto seen, catalogue::Values<int64_t>(rows, "pair_seen_count"));
  ARROW_ASSIGN_OR_RAISE(const auto last, catalogue::Values<int64_t>(rows, "pair_last_seen_ts"));
  ARROW_ASSIGN_OR_RAISE(const auto days, catalogue::Values<int64_t>(rows, "active_days"));
  for (size_t i = 0; i < seen.size(); ++i) {
    const Id to = names->Intern(destinations[i]);
    if (to >= is_destination->size()) is_destination->resize(size_t{to} * 2 + 64);
    (*is_destination)[to] = true;
    if (!table->try_emplace({from(i), to, ports[i]}, PairRow{seen[i], last[i], static_cast<int32_t>(days[i])})
             .second)
      return Status::Invalid("the same pair stands twice");
  }
  return Status::OK();
}

}  // namespace

Builder::Builder(std::shared_ptr<const catalogue::Catalogue> catalogue, base::Micros reference_ts,
                 std::bitset<base::kTimeBands> host_bands)
    : catalogue_(std::move(catalogue)), host_bands_(host_bands), reference_(new Reference()) {
  reference_->reference_ts_ = reference_ts;
}
Builder::~Builder() = default;

size_t Builder::AddHorizon(std::string label, base::Micros start, base::Micros end) {
  Horizon horizon;
  Horizon::Tables& tables = *horizon.tables_;
  tables.label = std::move(label);
  tables.start = start;
  tables.end = end;
  tables.windows = catalogue_->windows().size();
  tables.groups = catalogue::kRoles * base::kTimeBands * tables.windows;
  reference_->horizons_.push_back(std::move(horizon));
  return reference_->horizons_.size() - 1;
}

Status Builder::Add(size_t horizon, Dataset table, const arrow::RecordBatch& rows) {
  const Status status = AddTable(horizon, table, rows);
  return status.ok() ? status : status.WithMessage(catalogue::PathOf(table), ": ", status.message());
}

Status Builder::AddTable(size_t horizon, Dataset table, const arrow::RecordBatch& rows) {
  if (horizon >= reference_->horizons_.size()) return Status::Invalid("horizon ", horizon, " was not added");
  Horizon::Tables& tables = *reference_->horizons_[horizon].tables_;
  switch (table) {
    case Dataset::kFgBHost:
    case Dataset::kIpMetadata:
      return AddHosts(&tables, table, rows);
    case Dataset::kFgBSegment:
    case Dataset::kFgBGlobal:
      return AddLevel(&tables, table, rows);
    case Dataset::kPairHost: {
      ARROW_ASSIGN_OR_RAISE(const auto sources, catalogue::Addresses(rows, "host_ip"));
      ARROW_ASSIGN_OR_RAISE(const auto destinations, catalogue::Addresses(rows, "dst_ip"));
      const auto from = [&](size_t i) { return reference_->names_->Intern(sources[i]); };
      return AddPairs(rows, destinations, from, reference_->names_.get(), &tables.host_pairs,
                      &tables.is_destination);
    }
    case Dataset::kPairSegment: {
      ARROW_ASSIGN_OR_RAISE(const auto segments, catalogue::TextsOf(rows, "segment_id"));
      ARROW_ASSIGN_OR_RAISE(const auto destinations, catalogue::Addresses(rows, "dst_ip"));
      const auto from = [&](size_t i) { return reference_->names_->Intern(segments[i]); };
      return AddPairs(rows, destinations, from, reference_->names_.get(), &tables.segment_pairs,
                      &tables.is_destination);
    }
    default:
      return Status::Invalid("no table of a reference");
  }
}

Status Builder::AddHosts(Horizon::Tables* tables, Dataset table, const arrow::RecordBatch& rows) {
  ARROW_ASSIGN_OR_RAISE(const auto groups, Groups(*catalogue_, rows));
  ARROW_ASSIGN_OR_RAISE(const auto hosts, catalogue::Addresses(rows, "host_ip"));
  std::vector<uint32_t> take;
  std::vector<size_t> cells;
  for (size_t i = 0; i < hosts.size(); ++i) {
    const Id id = reference_->names_->Intern(hosts[i]);
    if (id >= tables->slot_of.size()) tables->slot_of.resize(size_t{id} * 2 + 64, kNoSlot);
    if (tables->slot_of[id] == kNoSlot) tables->slot_of[id] = tables->slots++;
    const size_t band = groups[i] / tables->windows % base::kTimeBands;
    if (table == Dataset::kFgBHost && !host_bands_[band]) continue;
    take.push_back(static_cast<uint32_t>(i));
    cells.push_back(size_t{tables->slot_of[id]} * tables->groups + groups[i]);
  }
  if (table == Dataset::kFgBHost) return AppendRows(*catalogue_, rows, take, cells, false, &tables->hosts);

  ARROW_ASSIGN_OR_RAISE(const auto sessions, catalogue::Values<int64_t>(rows, "sessions_total"));
  ARROW_ASSIGN_OR_RAISE(const auto cold, catalogue::Values<int8_t>(rows, "is_cold_start"));
  for (size_t i = 0; i < cells.size(); ++i) {
    if (cells[i] >= tables->metadata.size())
      tables->metadata.resize(std::max(cells[i] + 1, tables->metadata.size() * 2));
    if (tables->metadata[cells[i]].exists) return Status::Invalid("the same key stands twice");
    tables->metadata[cells[i]] = {sessions[i], true, cold[i] != 0};
  }
  return Status::OK();
}

Status Builder::AddLevel(Horizon::Tables* tables, Dataset table, const arrow::RecordBatch& rows) {
  ARROW_ASSIGN_OR_RAISE(const auto groups, Groups(*catalogue_, rows));
  std::vector<uint32_t> take(groups.size());
  std::vector<size_t> cells(groups.begin(), groups.end());
  for (size_t i = 0; i < take.size(); ++i) take[i] = static_cast<uint32_t>(i);
  if (table == Dataset::kFgBGlobal) return AppendRows(*catalogue_, rows, take, cells, true, &tables->global);

  ARROW_ASSIGN_OR_RAISE(const auto segments, catalogue::TextsOf(rows, "segment_id"));
  for (size_t i = 0; i < cells.size(); ++i)
    cells[i] += size_t{reference_->names_->Intern(segments[i])} * tables->groups;
  return AppendRows(*catalogue_, rows, take, cells, true, &tables->segments);
}

arrow::Result<std::shared_ptr<const Reference>> Builder::Finish() {
  auto& horizons = reference_->horizons_;
  if (horizons.empty()) return Status::Invalid("a reference without a horizon");
  const auto length = [&](size_t i) { return horizons[i].end() - horizons[i].start(); };
  for (size_t i = 1; i < horizons.size(); ++i) {
    if (length(i) < length(reference_->shortest_)) reference_->shortest_ = i;
    if (length(i) > length(reference_->longest_)) reference_->longest_ = i;
  }
  return std::move(reference_);
}

}  // namespace ndr::reference
