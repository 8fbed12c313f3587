// SPDX-License-Identifier: Apache-2.0
// bench_jobs JOB FOLDER [THREADS [OUT]]: runs one job and prints {"seconds", "peak_bytes", "tables"}; with
// OUT the tables' pieces go there as Parquet. bench_jobs schema DATASET: the columns of a dataset, {name:
// type}.
#include <arrow/type.h>
#include <arrow/util/thread_pool.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "jobs/job.h"
#include "jobs/sums.h"
#include "ndr/base/time.h"
#include "ndr/catalogue/batch.h"
#include "ndr/storage/parquet_file.h"

namespace ndr::bench {
namespace {

using arrow::Status;
using Job = Status (*)(const JobInput&, Stopwatch*, const Emit&);
using Json = nlohmann::ordered_json;

const std::map<std::string, Job> kJobs = {
    {"delta", DeltaJob}, {"fg_a", FgAEndJob}, {"fg_a_day", FgADayJob}, {"fg_b", FgBJob}, {"fg_c", FgCJob}};

// Of this program alone; getrusage would count what the parent held when it forked.
int64_t PeakBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::atoll(line.c_str() + 6) * 1024;
  return 0;
}

// Pieces by slice: <out>/<table>/<slice>.parquet
Status Write(const std::string& out, const std::string& table,
             const std::shared_ptr<arrow::RecordBatch>& batch) {
  ARROW_ASSIGN_OR_RAISE(const auto starts, catalogue::Values<int64_t>(*batch, "slice_start_ts"));
  if (starts.empty()) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const auto encoded, storage::EncodeParquet(batch));
  std::filesystem::create_directories(out + "/" + table);
  std::ofstream file(out + "/" + table + "/" + base::FormatCompact(starts[0]) + ".parquet", std::ios::binary);
  file << encoded.view();
  return file.flush() ? Status::OK() : Status::IOError("cannot write below ", out);
}

Status PrintSchema(const std::string& path) {
  const int dataset = catalogue::FindDataset(path);
  if (dataset == catalogue::kDatasets) return Status::Invalid("no dataset ", path);
  ARROW_ASSIGN_OR_RAISE(const auto context, spec::MakeContext(BenchProject(), 1));
  const auto schema = context->catalogue->StorageSchema(static_cast<catalogue::Dataset>(dataset));
  Json columns = Json::object();
  for (const auto& field : schema->fields()) columns[field->name()] = field->type()->ToString();
  std::puts(columns.dump().c_str());
  return Status::OK();
}

Status Run(Job job, const std::string& folder, int threads, const std::string& out) {
  ARROW_RETURN_NOT_OK(arrow::SetCpuThreadPoolCapacity(threads));
  ARROW_ASSIGN_OR_RAISE(const auto context, spec::MakeContext(BenchProject(), threads));
  Stopwatch watch;
  std::map<std::string, TableSums> tables;
  int64_t peak = 0;
  ARROW_RETURN_NOT_OK(job({folder, context}, &watch, [&](const std::string& table, const auto& batch) {
    peak = PeakBytes();
    tables[table].Add(*batch);
    return out.empty() ? Status::OK() : Write(out, table, batch);
  }));
  Json sums = Json::object();
  for (const auto& [name, table] : tables) sums[name] = table.ToJson();
  std::puts(
      Json{{"seconds", watch.seconds()}, {"peak_bytes", peak}, {"tables", std::move(sums)}}.dump().c_str());
  return Status::OK();
}

}  // namespace
}  // namespace ndr::bench

int main(int argc, char** argv) {
  using namespace ndr::bench;
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() < 2) return std::fputs("usage: bench_jobs JOB FOLDER [THREADS [OUT]]\n", stderr), 2;
  arrow::Status status;
  if (words[0] == "schema")
    status = PrintSchema(words[1]);
  else if (const auto job = kJobs.find(words[0]); job != kJobs.end())
    status = Run(job->second, words[1], words.size() > 2 ? std::atoi(words[2].c_str()) : 2,
                 words.size() > 3 ? words[3] : "");
  else
    status = arrow::Status::Invalid("no job ", words[0]);
  if (!status.ok()) std::fprintf(stderr, "bench_jobs: %s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
