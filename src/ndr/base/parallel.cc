// SPDX-License-Identifier: Apache-2.0
#include "ndr/base/parallel.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace ndr::base {
namespace {

arrow::Status Guarded(const std::function<arrow::Status(size_t)>& work, size_t i) {
  try {
    return work(i);
  } catch (const std::bad_alloc&) {
    return arrow::Status::OutOfMemory("memory ran out; lower --memory-limit or the number of threads");
  } catch (const std::exception& e) {
    return arrow::Status::UnknownError(e.what());
  }
}

// Partitions are claimed in order, so when one fails every lower one has been claimed and its error is kept
// too.
class Schedule {
 public:
  Schedule(size_t count, size_t ahead, const std::function<arrow::Status(size_t)>& work)
      : count_(count), ahead_(ahead), work_(work), done_(count) {}

  void Run() {
    for (;;) {
      size_t i;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return next_ >= count_ || failed_ || next_ < consumed_ + ahead_; });
        if (next_ >= count_ || failed_) return;
        i = next_++;
      }
      arrow::Status status = Guarded(work_, i);
      std::lock_guard lock(mutex_);
      if (!status.ok()) Fail(i, std::move(status));
      done_[i] = true;
      wake_.notify_all();
    }
  }

  // Waits for partition i; false when the run has failed.
  bool Await(size_t i) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [&] { return failed_ || done_[i]; });
    return !failed_;
  }
  void Consumed(size_t i, arrow::Status status) {
    std::lock_guard lock(mutex_);
    consumed_ = i + 1;
    if (!status.ok()) Fail(i, std::move(status));
    wake_.notify_all();
  }
  arrow::Status status() const { return status_; }

 private:
  void Fail(size_t i, arrow::Status status) {
    if (!failed_ || i < failed_at_) failed_at_ = i, status_ = std::move(status);
    failed_ = true;
  }

  const size_t count_, ahead_;
  const std::function<arrow::Status(size_t)>& work_;
  std::mutex mutex_;
  std::condition_variable wake_;
  size_t next_ = 0, consumed_ = 0, failed_at_ = 0;
  std::vector<bool> done_;
  bool failed_ = false;
  arrow::Status status_;
};

}  // namespace

int DefaultThreads() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

arrow::Status ForEachPartition(size_t count, int threads, const std::function<arrow::Status(size_t)>& work) {
  const size_t wanted = static_cast<size_t>(threads > 0 ? threads : DefaultThreads());
  Schedule schedule(count, count, work);
  {
    std::vector<std::jthread> others;
    for (size_t t = 1; t < std::min(wanted, count); ++t) others.emplace_back([&] { schedule.Run(); });
    schedule.Run();
  }
  return schedule.status();
}

arrow::Status ForEachPartitionInOrder(size_t count, int threads, size_t ahead,
                                      const std::function<arrow::Status(size_t)>& work,
                                      const std::function<arrow::Status(size_t)>& consume) {
  const size_t wanted = static_cast<size_t>(threads > 0 ? threads : DefaultThreads());
  if (wanted == 1) {
    for (size_t i = 0; i < count; ++i) {
      ARROW_RETURN_NOT_OK(Guarded(work, i));
      ARROW_RETURN_NOT_OK(Guarded(consume, i));
    }
    return arrow::Status::OK();
  }
  Schedule schedule(count, std::max<size_t>(ahead, 1), work);
  {
    std::vector<std::jthread> workers;
    for (size_t t = 0; t < std::min(wanted, count); ++t) workers.emplace_back([&] { schedule.Run(); });
    for (size_t i = 0; i < count && schedule.Await(i); ++i) schedule.Consumed(i, Guarded(consume, i));
  }
  return schedule.status();
}

}  // namespace ndr::base
