// SPDX-License-Identifier: Apache-2.0
#include <arrow/io/file.h>
#include <zlib.h>

#include <filesystem>
#include <system_error>

#include "ndr/base/parallel.h"
#include "ndr/simulate/log_text.h"
#include "ndr/simulate/simulate.h"

namespace ndr::simulate {
namespace {

constexpr int kMinutesPerDay = 1440;
constexpr size_t kFilesAhead = 4;  // made but not yet written: what bounds the memory

// One log file: its place, and its text once it is made.
struct LogFile {
  std::string name;
  std::string bytes;
  int64_t sessions = 0;
};

std::string FileName(const SimulationOptions& options, base::Micros start) {
  const std::string instant = base::FormatInstant(start);  // 2026-03-03T08:15:00Z
  std::string name = instant.substr(0, 10) + "/conn." + instant.substr(11, 2);
  if (options.file_minutes < 60) name += "-" + instant.substr(14, 2);
  name += options.format == Format::kNdrJson ? ".json"
          : options.format == Format::kZeek  ? ".log"
                                             : ".binetflow";
  return options.gzip ? name + ".gz" : name;
}

// One gzip member, without a name or a time in its header, so that equal input gives equal bytes.
arrow::Result<std::string> Gzip(const std::string& text) {
  z_stream stream{};
  if (deflateInit2(&stream, 1, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return arrow::Status::OutOfMemory("gzip: cannot begin");
  std::string bytes(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  const int ended = deflate(&stream, Z_FINISH);
  bytes.resize(stream.total_out);
  deflateEnd(&stream);
  if (ended != Z_STREAM_END) return arrow::Status::UnknownError("gzip: ended with code ", ended);
  return bytes;
}

arrow::Status MakeFile(const Simulation& simulation, const SimulationOptions& options, int64_t index,
                       LogFile* file) {
  const int64_t slices = options.file_minutes / base::kMinutesPerSlice;
  const base::Micros start = options.start + index * slices * base::kSliceMicros;
  file->name = FileName(options, start);
  file->bytes = LogHeader(options.format, start);
  std::vector<Session> sessions;
  for (int64_t slice = index * slices; slice < (index + 1) * slices; ++slice) {
    simulation.SessionsOf(slice, &sessions);
    file->sessions += static_cast<int64_t>(sessions.size());
    AppendLog(options.format, sessions, &file->bytes);
  }
  file->bytes += LogFooter(options.format, start + slices * base::kSliceMicros);
  if (options.gzip) {
    ARROW_ASSIGN_OR_RAISE(file->bytes, Gzip(file->bytes));
  }
  return arrow::Status::OK();
}

arrow::Status WriteWhole(const std::filesystem::path& path, std::string_view bytes) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (error) return arrow::Status::IOError(path.parent_path().string(), ": ", error.message());
  ARROW_ASSIGN_OR_RAISE(auto stream, arrow::io::FileOutputStream::Open(path.string()));
  ARROW_RETURN_NOT_OK(stream->Write(bytes.data(), static_cast<int64_t>(bytes.size())));
  return stream->Close();
}

}  // namespace

arrow::Result<AnswerKey> Simulate(const SimulationOptions& options, const SimulationProgress& progress) {
  if (options.file_minutes < base::kMinutesPerSlice || options.file_minutes % base::kMinutesPerSlice != 0 ||
      kMinutesPerDay % options.file_minutes != 0)
    return arrow::Status::Invalid("file-minutes: must be a multiple of 15 that divides a day, not ",
                                  options.file_minutes);
  if (options.folder.empty()) return arrow::Status::Invalid("folder: where shall the logs go?");
  ARROW_ASSIGN_OR_RAISE(const Simulation simulation, Simulation::Make(options));
  const std::filesystem::path folder(options.folder);
  const auto count =
      static_cast<size_t>(options.days) * static_cast<size_t>(kMinutesPerDay / options.file_minutes);
  std::vector<LogFile> files(count);
  AnswerKey key = simulation.Answers();
  const auto make = [&](size_t i) {
    return MakeFile(simulation, options, static_cast<int64_t>(i), &files[i]);
  };
  const auto write = [&](size_t i) {
    ARROW_RETURN_NOT_OK(WriteWhole(folder / files[i].name, files[i].bytes));
    key.sessions += files[i].sessions;
    files[i] = {};
    if (progress) progress(static_cast<int64_t>(i) + 1, static_cast<int64_t>(count), key.sessions);
    return arrow::Status::OK();
  };
  ARROW_RETURN_NOT_OK(base::ForEachPartitionInOrder(count, options.threads, kFilesAhead, make, write));
  ARROW_RETURN_NOT_OK(WriteWhole(folder / "answer-key.json", ToJson(key)));
  return key;
}

}  // namespace ndr::simulate
