// SPDX-License-Identifier: Apache-2.0
#include "correlation/scene.h"

#include <arrow/array.h>
#include <arrow/scalar.h>

#include "ndr/catalogue/batch.h"

namespace ndr::correlation {
namespace {

template <class T>
void PutNumbers(catalogue::BatchBuilder* to, const std::string& name, const std::vector<Record>& records) {
  std::vector<T> values;
  std::vector<uint8_t> valid;
  for (const Record& r : records) {
    const auto at = r.find(name);
    const bool null = at != r.end() && std::holds_alternative<std::monostate>(at->second);
    valid.push_back(!null);
    values.push_back(at == r.end() || null ? T{} : static_cast<T>(std::get<double>(at->second)));
  }
  to->Put(name, std::move(values), valid);
}

void PutTexts(catalogue::BatchBuilder* to, const std::string& name, const std::vector<Record>& records) {
  std::vector<std::string> values;
  std::vector<uint8_t> valid;
  for (const Record& r : records) {
    const auto at = r.find(name);
    const bool null = at != r.end() && std::holds_alternative<std::monostate>(at->second);
    valid.push_back(!null);
    values.push_back(at == r.end() || null ? "" : std::get<std::string>(at->second));
  }
  to->PutTexts(name, values, valid);
}

void PutAddresses(catalogue::BatchBuilder* to, const std::string& name, const std::vector<Record>& records) {
  std::vector<base::Address> values;
  std::vector<uint8_t> valid;
  for (const Record& r : records) {
    const auto at = r.find(name);
    const bool null = at != r.end() && std::holds_alternative<std::monostate>(at->second);
    valid.push_back(!null);
    values.push_back(at == r.end() || null ? base::Address{} : std::get<base::Address>(at->second));
  }
  to->PutAddresses(name, values, valid);
}

std::string RoleName(Role role) { return std::string(catalogue::kRoleNames[static_cast<size_t>(role)]); }

}  // namespace

std::shared_ptr<arrow::RecordBatch> BatchOf(const std::shared_ptr<arrow::Schema>& schema,
                                            const std::vector<Record>& records) {
  catalogue::BatchBuilder to(schema, static_cast<int64_t>(records.size()));
  for (const auto& field : schema->fields()) switch (field->type()->id()) {
      case arrow::Type::STRING:
        PutTexts(&to, field->name(), records);
        break;
      case arrow::Type::FIXED_SIZE_BINARY:
        PutAddresses(&to, field->name(), records);
        break;
      case arrow::Type::INT32:
        PutNumbers<int32_t>(&to, field->name(), records);
        break;
      case arrow::Type::UINT16:
        PutNumbers<uint16_t>(&to, field->name(), records);
        break;
      case arrow::Type::INT8:
        PutNumbers<int8_t>(&to, field->name(), records);
        break;
      case arrow::Type::DOUBLE:
        PutNumbers<double>(&to, field->name(), records);
        break;
      default:
        PutNumbers<int64_t>(&to, field->name(), records);
    }
  return to.Finish().ValueOrDie();
}

double NumberAt(const arrow::RecordBatch& batch, const std::string& column, int64_t row) {
  const auto scalar = batch.GetColumnByName(column)->GetScalar(row).ValueOrDie();
  if (!scalar->is_valid) return kNull;
  return static_cast<const arrow::DoubleScalar&>(*scalar->CastTo(arrow::float64()).ValueOrDie()).value;
}

std::string TextAt(const arrow::RecordBatch& batch, const std::string& column, int64_t row) {
  const auto& array = static_cast<const arrow::StringArray&>(*batch.GetColumnByName(column));
  return array.IsNull(row) ? "null" : array.GetString(row);
}

std::string AddressAt(const arrow::RecordBatch& batch, const std::string& column, int64_t row) {
  return base::ToText(catalogue::Addresses(batch, column).ValueOrDie()[static_cast<size_t>(row)]);
}

std::vector<std::string> ListAt(const arrow::RecordBatch& batch, const std::string& column, int64_t row) {
  const auto& list = static_cast<const arrow::ListArray&>(*batch.GetColumnByName(column));
  std::vector<std::string> texts;
  for (int64_t i = list.value_offset(row); i < list.value_offset(row + 1); ++i)
    texts.push_back(list.values()->GetScalar(i).ValueOrDie()->ToString());
  return texts;
}

base::Address Ip(const char* text) { return base::ParseAddress(text).value(); }

FakePairs::Entry& FakePairs::Add(const char* host, Role role, const char* peer, int32_t port,
                                 pairs::PairSums sums, int windows) {
  Entry e;
  e.host = Ip(host);
  e.peer = Ip(peer);
  e.role = role;
  e.port = port;
  const auto n = static_cast<size_t>(windows);
  e.sessions.assign(n, sums.sessions);
  e.sums.assign(n, sums);
  e.rhythm.resize(n);
  entries.push_back(e);
  return entries.back();
}

void FakePairs::Visit(base::Address host, Role role,
                      const std::function<void(const pairs::WindowPair&)>& visit) const {
  for (size_t i = 0; i < entries.size(); ++i)
    if (entries[i].host == host && entries[i].role == role)
      visit({entries[i].peer, entries[i].port, static_cast<uint32_t>(i % 3), static_cast<uint32_t>(i),
             entries[i].sessions.data()});
}

pairs::PairSums FakePairs::Sums(const pairs::WindowPair& pair, int window) const {
  const Entry& e = entries[pair.slot];
  pairs::PairSums sums = e.sums[static_cast<size_t>(window)];
  sums.sessions = e.sessions[static_cast<size_t>(window)];
  return sums;
}

pairs::PairRhythm FakePairs::Rhythm(const pairs::WindowPair& pair, int window) const {
  return entries[pair.slot].rhythm[static_cast<size_t>(window)];
}

int64_t FakePairs::PeerHosts(Role role, base::Address peer, int) const {
  for (const Entry& e : entries)
    if (e.role == role && e.peer == peer) return e.peer_hosts;
  return 0;
}

Scene::Scene(spec::Project project, int threads)
    : context(spec::MakeContext(std::move(project), threads).ValueOrDie()) {}

void Scene::Row(const char* host, Role role, const char* window, Record metrics, const char* band) {
  const int slices = catalogue().windows()[static_cast<size_t>(catalogue().FindWindow(window))].slices;
  Record r = {{"host_ip", Ip(host)},
              {"role", RoleName(role)},
              {"segment_id", context->network.SegmentIdOf(Ip(host))},
              {"time_band", std::string(band)},
              {"window_label", std::string(window)},
              {"window_start_ts", static_cast<double>(end - slices * base::kSliceMicros)},
              {"window_end_ts", static_cast<double>(end)},
              {"slices_covered", static_cast<double>(slices)}};
  for (auto& [name, cell] : metrics) {
    const int m = catalogue().FindMetricIndex(name);
    r[m < 0 ? name : catalogue().metrics()[static_cast<size_t>(m)].column] = cell;
  }
  rows.push_back(std::move(r));
}

Record Scene::Statistics(const StatsByMetric& stats, Record key) const {
  key.try_emplace("time_band", std::string("WD_WORKING"));
  for (const int m : catalogue().baselined()) {
    const catalogue::ProjectMetric& metric = catalogue().metrics()[static_cast<size_t>(m)];
    const auto at = stats.find(metric.name);
    const Stats s = at == stats.end() ? Stats{} : at->second;
    const std::pair<const char*, double> members[] = {
        {"median", s.median}, {"mad", s.mad}, {"iqr", s.iqr}, {"p95", s.p95}, {"p99", s.p99}};
    for (const auto& [name, value] : members)
      key[metric.column + "_" + name] = IsNull(value) ? Cell() : Cell(value);
    key[metric.column + "_support_count"] = static_cast<double>(s.support);
    key[metric.column + "_cold_start_flag"] = s.cold ? 1.0 : 0.0;
  }
  return key;
}

void Scene::Host(size_t horizon, const char* host, Role role, const char* window, const StatsByMetric& stats,
                 Record more) {
  more.insert({{"host_ip", Ip(host)},
               {"segment_id", context->network.SegmentIdOf(Ip(host))},
               {"role", RoleName(role)},
               {"window_label", std::string(window)}});
  tables_[{horizon, Dataset::kFgBHost}].push_back(Statistics(stats, std::move(more)));
}

void Scene::Segment(size_t horizon, const char* segment, Role role, const char* window,
                    const StatsByMetric& stats, Record more) {
  more.insert({{"segment_id", std::string(segment)},
               {"role", RoleName(role)},
               {"window_label", std::string(window)},
               {"hosts_cnt", 30.0}});
  tables_[{horizon, Dataset::kFgBSegment}].push_back(Statistics(stats, std::move(more)));
}

void Scene::Global(size_t horizon, Role role, const char* window, const StatsByMetric& stats, Record more) {
  more.insert({{"role", RoleName(role)}, {"window_label", std::string(window)}, {"hosts_cnt", 30.0}});
  tables_[{horizon, Dataset::kFgBGlobal}].push_back(Statistics(stats, std::move(more)));
}

void Scene::Metadata(size_t horizon, const char* host, Role role, const char* window, bool cold,
                     double sessions_total, const char* band) {
  tables_[{horizon, Dataset::kIpMetadata}].push_back({{"host_ip", Ip(host)},
                                                      {"role", RoleName(role)},
                                                      {"segment_id", context->network.SegmentIdOf(Ip(host))},
                                                      {"time_band", std::string(band)},
                                                      {"window_label", std::string(window)},
                                                      {"sessions_total", sessions_total},
                                                      {"is_cold_start", cold ? 1.0 : 0.0}});
}

void Scene::PairOfHost(size_t horizon, const char* source, const char* destination, int port, int64_t seen,
                       int64_t days) {
  tables_[{horizon, Dataset::kPairHost}].push_back({{"host_ip", Ip(source)},
                                                    {"dst_ip", Ip(destination)},
                                                    {"dst_port", static_cast<double>(port)},
                                                    {"pair_seen_count", static_cast<double>(seen)},
                                                    {"active_days", static_cast<double>(days)}});
}

void Scene::PairOfSegment(size_t horizon, const char* segment, const char* destination, int port,
                          int64_t seen) {
  tables_[{horizon, Dataset::kPairSegment}].push_back({{"segment_id", std::string(segment)},
                                                       {"dst_ip", Ip(destination)},
                                                       {"dst_port", static_cast<double>(port)},
                                                       {"pair_seen_count", static_cast<double>(seen)},
                                                       {"active_days", 1.0}});
}

std::shared_ptr<arrow::RecordBatch> Scene::FgA() const {
  return BatchOf(catalogue().Schema(Dataset::kFgA), rows);
}

std::shared_ptr<const reference::Reference> Scene::MakeReference() const {
  const base::Micros t = end - 3 * base::kMicrosPerDay;
  reference::Builder builder(context->catalogue, t);
  for (const auto& [label, days] : horizons) builder.AddHorizon(label, t - days * base::kMicrosPerDay, t);
  for (const auto& [key, records] : tables_)
    if (const auto status =
            builder.Add(key.first, key.second, *BatchOf(catalogue().Schema(key.second), records));
        !status.ok())
      status.Abort();
  return builder.Finish().ValueOrDie();
}

BatchOutput Scene::Correlate(const arrow::RecordBatch& fg_a) const {
  return Correlator::Make(context, MakeReference()).ValueOrDie()->Correlate(fg_a, pairs).ValueOrDie();
}
BatchOutput Scene::Correlate() const { return Correlate(*FgA()); }

}  // namespace ndr::correlation
