// SPDX-License-Identifier: Apache-2.0
#include "ndr/windows/window_builder.h"

#include <algorithm>
#include <deque>
#include <vector>

#include "ndr/base/parallel.h"
#include "ndr/windows/assemble.h"

namespace ndr::windows {
namespace {

using pairs::kShards;
using pairs::NumberOf;
using pairs::StartOf;

// Read at once, in parallel, while starting.
constexpr int64_t kSlicesPerRound = 32;

arrow::Status CheckSlice(const arrow::RecordBatchVector& batches, base::Micros slice_start,
                         std::string_view dataset) {
  for (const auto& batch : batches) {
    ARROW_ASSIGN_OR_RAISE(const auto starts, catalogue::Values<int64_t>(*batch, "slice_start_ts"));
    for (const int64_t start : starts)
      if (start != slice_start)
        return arrow::Status::Invalid(dataset, " of slice ", base::FormatInstant(slice_start),
                                      " has a row of slice ", base::FormatInstant(start));
  }
  return arrow::Status::OK();
}

}  // namespace

struct WindowBuilder::State {
  State(std::shared_ptr<const spec::Context> c, base::Micros first_slice, base::Micros first_rows,
        SliceHistory* h)
      : context(std::move(c)),
        geometry(*context),
        first_committed(NumberOf(first_slice)),
        first(NumberOf(first_rows)),
        end(first),
        history(h),
        pairs(context, first_rows, h) {
    Clear();
  }

  void Clear() {
    ledgers.clear();
    for (size_t i = 0; i < kShards; ++i) ledgers.push_back(std::make_unique<HostLedger>(*context, geometry));
    committed.clear();
  }

  arrow::Status EachLedger(const std::function<void(HostLedger*, size_t)>& work) {
    return base::ForEachPartition(kShards, context->threads, [&](size_t i) {
      work(ledgers[i].get(), i);
      return arrow::Status::OK();
    });
  }

  arrow::Status StartHosts() {
    for (SliceNumber slice = std::max(first, end - geometry.longest()); slice < end;) {
      const auto count = static_cast<size_t>(std::min(kSlicesPerRound, end - slice));
      std::vector<DealtHosts> rows(count);
      ARROW_RETURN_NOT_OK(base::ForEachPartition(count, context->threads, [&](size_t i) -> arrow::Status {
        ARROW_ASSIGN_OR_RAISE(const auto batches,
                              history->Hosts(StartOf(slice + static_cast<SliceNumber>(i))));
        ARROW_ASSIGN_OR_RAISE(rows[i], DealHosts(batches, *context->catalogue));
        return arrow::Status::OK();
      }));
      for (size_t i = 0; i < count; ++i) {
        ARROW_ASSIGN_OR_RAISE(const bool is_committed,
                              history->Committed(StartOf(slice + static_cast<SliceNumber>(i))));
        committed.push_back(is_committed);
      }
      ARROW_RETURN_NOT_OK(EachLedger([&](HostLedger* ledger, size_t number) {
        for (size_t i = 0; i < count; ++i) {
          const SliceNumber entering = slice + static_cast<SliceNumber>(i);
          ledger->Enter(entering, &rows[i][number], end - 1 - entering);
        }
      }));
      slice += static_cast<SliceNumber>(count);
    }
    return arrow::Status::OK();
  }

  arrow::Status AdvanceHosts(const arrow::RecordBatchVector& hosts) {
    ARROW_ASSIGN_OR_RAISE(DealtHosts rows, DealHosts(hosts, *context->catalogue));
    const SliceNumber slice = end;
    return EachLedger([&](HostLedger* ledger, size_t i) {
      for (int w = 0; w < geometry.windows(); ++w)
        if (const SliceNumber s = slice - geometry.slices[static_cast<size_t>(w)]; s >= first)
          ledger->Leave(s, w);
      if (slice - geometry.longest() >= first) ledger->DropOldest();
      ledger->Enter(slice, &rows[i], 0);
    });
  }

  std::shared_ptr<const spec::Context> context;
  Geometry geometry;
  SliceNumber first_committed, first, end;  // `first` holds rows
  SliceHistory* history;
  pairs::SlidingPairs pairs;
  std::vector<std::unique_ptr<HostLedger>> ledgers;
  std::deque<bool> committed;  // of the longest window's slices since the first, oldest first
  base::Counters counters;
};

WindowBuilder::WindowBuilder(std::unique_ptr<State> state) : state_(std::move(state)) {}
WindowBuilder::~WindowBuilder() = default;

arrow::Result<std::unique_ptr<WindowBuilder>> WindowBuilder::Make(
    std::shared_ptr<const spec::Context> context, base::Micros first_slice, SliceHistory* history,
    std::optional<base::Micros> first_rows) {
  if (base::SliceStart(first_slice) != first_slice)
    return arrow::Status::Invalid("the first slice starts at ", base::FormatInstant(first_slice),
                                  ", no quarter of an hour");
  if (const size_t n = context->catalogue->windows().size(); n > pairs::kMaxWindows)
    return arrow::Status::Invalid("windows: ", n, " of them, more than ", pairs::kMaxWindows);
  return std::unique_ptr<WindowBuilder>(new WindowBuilder(std::make_unique<State>(
      std::move(context), first_slice, std::min(first_slice, first_rows.value_or(first_slice)), history)));
}

arrow::Status WindowBuilder::Start(base::Micros end) {
  if (base::SliceStart(end) != end)
    return arrow::Status::Invalid("windows can't end at ", base::FormatInstant(end),
                                  ", no quarter of an hour");
  state_->Clear();
  state_->end = NumberOf(end);
  ARROW_RETURN_NOT_OK(state_->pairs.Start(end));
  return state_->StartHosts();
}

arrow::Status WindowBuilder::Advance(base::Micros slice_start, bool committed,
                                     const arrow::RecordBatchVector& hosts,
                                     const arrow::RecordBatchVector& pairs) {
  State& s = *state_;
  if (slice_start != end())
    return arrow::Status::Invalid("windows that end at ", base::FormatInstant(end()),
                                  " can't move on by slice ", base::FormatInstant(slice_start));
  ARROW_RETURN_NOT_OK(CheckSlice(hosts, slice_start, "delta/host"));
  ARROW_RETURN_NOT_OK(CheckSlice(pairs, slice_start, "delta/pair"));
  ARROW_RETURN_NOT_OK(s.pairs.Advance(pairs));
  ARROW_RETURN_NOT_OK(s.AdvanceHosts(hosts));
  s.committed.push_back(committed);
  if (s.committed.size() > static_cast<size_t>(s.geometry.longest())) s.committed.pop_front();
  ++s.end;
  return arrow::Status::OK();
}

base::Micros WindowBuilder::end() const { return StartOf(state_->end); }
const pairs::WindowPairs& WindowBuilder::pairs() const { return state_->pairs; }
const base::Counters& WindowBuilder::counters() const { return state_->counters; }

arrow::Result<std::shared_ptr<arrow::RecordBatch>> WindowBuilder::Rows(std::string_view mini_batch_id) {
  State& s = *state_;
  EndInput end{s.end, s.first_committed, mini_batch_id, {}};
  for (const int slices : s.geometry.slices) {
    const auto held = std::min<ptrdiff_t>(slices, static_cast<ptrdiff_t>(s.committed.size()));
    end.slices_covered.push_back(
        static_cast<int32_t>(std::count(s.committed.end() - held, s.committed.end(), true)));
  }
  s.counters = {};
  const SliceNumber since = std::max(s.first_committed, s.end - static_cast<SliceNumber>(s.committed.size()));
  s.counters.Add("missing_slices", s.end - since - end.slices_covered.back());
  return Assemble(*s.context, s.geometry, end, s.ledgers, &s.pairs, &s.counters);
}

}  // namespace ndr::windows
