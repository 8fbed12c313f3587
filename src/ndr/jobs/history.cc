// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/history.h"

#include <fmt/format.h>

#include <algorithm>

namespace ndr::jobs {
namespace {

using arrow::Status;
using base::Micros;

constexpr char kAllLabel[] = "all";

Status CheckBound(const char* flag, std::optional<Micros> bound) {
  if (bound && base::SliceStart(*bound) != *bound)
    return Status::Invalid(flag, " ", base::FormatInstant(*bound),
                           " is no slice boundary; use a quarter of an hour, such as ",
                           base::FormatInstant(base::SliceStart(*bound)));
  return Status::OK();
}

bool Fits(const spec::Horizon& h, Micros reference, const History& history) {
  return h.Start(reference) >= history.start;
}

// Those with room before the reference time; of named ones those that reach into the history at all.
std::vector<spec::Horizon> Fitting(const std::vector<spec::Horizon>& horizons, bool named, Micros reference,
                                   const History& history) {
  std::vector<spec::Horizon> fitting;
  for (const spec::Horizon& h : horizons)
    if (Fits(h, reference, history) || (named && h.End(reference) > history.start)) fitting.push_back(h);
  return fitting;
}

spec::Horizon All(Micros reference, const History& history) {
  return {kAllLabel, reference - history.start, 0};
}

// 60 % of the history; from three days on the nearest local midnight inside it (of two equally near the
// earlier).
Micros ShortReference(const History& history, const base::Calendar& calendar) {
  const Micros length = history.end - history.start;
  const Micros at = base::SliceStart(history.start + length / 5 * 3);
  if (length < 3 * base::kMicrosPerDay) return std::max(at, history.start + base::kSliceMicros);
  const Micros after = calendar.NextMidnight(at);
  Micros before = calendar.NextMidnight(at - base::kMicrosPerDay - 2 * 60 * base::kMicrosPerMinute);
  for (Micros next = calendar.NextMidnight(before + 1); next <= at; next = calendar.NextMidnight(before + 1))
    before = next;
  return at - before <= after - at ? before : after;
}

std::string Days(Micros length) {
  return fmt::format("{:.4g} days", static_cast<double>(length) / static_cast<double>(base::kMicrosPerDay));
}

std::string Names(const std::vector<spec::Horizon>& horizons) {
  std::string names;
  for (const spec::Horizon& h : horizons) names += (names.empty() ? "" : ", ") + h.label;
  return names;
}

std::string WhyLeftOut(const spec::Horizon& h, Micros reference, const History& history) {
  if (h.End(reference) <= history.start) return "ends before the history begins";
  if (!Fits(h, reference, history)) return "begins before the history";
  return "no local midnight has room for it and its gap before it and for a quarter of the history after it";
}

// What becomes of horizons that somebody asked for and the plan does not have; empty: it has them all.
std::string LeftOut(const PlanRequest& request, const Plan& plan, const History& history) {
  std::string text;
  for (const spec::Horizon& h : request.horizons)
    if (std::find(plan.horizons.begin(), plan.horizons.end(), h) == plan.horizons.end())
      text += fmt::format("{}{} ({})", text.empty() ? "; left out: " : ", ", h.label,
                          WhyLeftOut(h, plan.reference, history));
  if (text.empty()) return text;
  return text + "; --reference-time names another time to judge by" +
         (request.horizons_named ? ""
                                 : ", and --horizons builds every horizon that reaches into the history");
}

std::string SixtyPercent(Micros length) {
  return fmt::format("60 % of them are the baseline{}",
                     length >= 3 * base::kMicrosPerDay ? ", to the nearest local midnight" : "");
}

}  // namespace

arrow::Result<History> ChooseHistory(const std::map<Micros, int64_t>& records_by_slice,
                                     std::optional<Micros> from, std::optional<Micros> to) {
  ARROW_RETURN_NOT_OK(CheckBound("--from", from));
  ARROW_RETURN_NOT_OK(CheckBound("--to", to));
  if (from && to && *from >= *to)
    return Status::Invalid("--from ", base::FormatInstant(*from), " is not before --to ",
                           base::FormatInstant(*to));
  int64_t total = 0, inside = 0;
  History best, run;
  for (const auto& [slice, records] : records_by_slice) {
    total += records;
    if ((from && slice < *from) || (to && slice >= *to) || records == 0) continue;
    inside += records;
    if (run.records == 0 || slice - run.end > kLongestGap) run = {slice, slice, 0, 0};
    run.end = slice + base::kSliceMicros;
    run.records += records;
    if (run.records >= best.records) best = run;
  }
  if (inside == 0)
    return Status::Invalid("no record lies in the time that was asked for; the input has ", total,
                           " records");
  if (from && to) return History{*from, *to, inside, total - inside};
  // A single named bound adjoins the run, or the run stands away from it.
  if (from && best.start - *from <= kLongestGap) best.start = *from;
  if (to && *to - best.end <= kLongestGap) best.end = *to;
  best.records_outside = total - best.records;
  return best;
}

arrow::Result<Plan> ChoosePlan(const History& history, const base::Calendar& calendar,
                               const PlanRequest& request) {
  std::vector<spec::Horizon> horizons = request.horizons.empty() ? spec::DefaultHorizons() : request.horizons;
  std::stable_sort(horizons.begin(), horizons.end(),
                   [](const auto& a, const auto& b) { return a.length + a.gap > b.length + b.gap; });
  const Micros length = history.end - history.start;
  Plan plan;
  if (request.reference) {
    plan.reference = *request.reference;
    ARROW_RETURN_NOT_OK(CheckBound("--reference-time", request.reference));
    if (plan.reference <= history.start || plan.reference >= history.end)
      return Status::Invalid("--reference-time ", base::FormatInstant(plan.reference),
                             " does not lie inside the history ", base::FormatInstant(history.start), " to ",
                             base::FormatInstant(history.end));
    plan.why = "named by --reference-time";
  } else {
    for (const spec::Horizon& h : horizons) {
      const Micros midnight = calendar.NextMidnight(history.start + h.length + h.gap);
      if (midnight > history.end - length / 4) continue;
      plan.reference = midnight;
      plan.why = fmt::format(
          "the earliest local midnight with room for {} and its gap before it and a quarter of the history "
          "({}) after it",
          h.label, Days(length));
      break;
    }
    if (plan.reference == 0 && request.horizons_named && history.slices() > 1) {
      plan.reference = ShortReference(history, calendar);
      plan.why = fmt::format(
          "{} of history have no local midnight with room for {} before it and a quarter of the history "
          "after "
          "it; {}",
          Days(length), Names(horizons), SixtyPercent(length));
    }
  }
  if (plan.reference != 0) plan.horizons = Fitting(horizons, request.horizons_named, plan.reference, history);
  if (!plan.horizons.empty()) {
    std::stable_sort(plan.horizons.begin(), plan.horizons.end(),
                     [](const auto& a, const auto& b) { return a.length < b.length; });
    plan.why += "; horizons that fit: " + Names(plan.horizons) + LeftOut(request, plan, history);
    return plan;
  }
  // What was asked for by name is not quietly replaced.
  if (request.reference && request.horizons_named)
    return Status::Invalid(
        "no horizon of ", Names(horizons), " reaches into the time between the history's start ",
        base::FormatInstant(history.start), " and --reference-time ", base::FormatInstant(plan.reference));
  if (history.slices() < 2)
    return Status::Invalid("the history has one slice; there is nothing to compare it with");
  if (!request.reference) {
    plan.reference = ShortReference(history, calendar);
    plan.why = fmt::format("{} of history hold no regular horizon with its gap; {}", Days(length),
                           SixtyPercent(length));
  } else {
    plan.why += "; no regular horizon fits before it, so all of the history before it is the baseline";
  }
  plan.horizons = {All(plan.reference, history)};
  plan.why += LeftOut(request, plan, history);
  return plan;
}

}  // namespace ndr::jobs
