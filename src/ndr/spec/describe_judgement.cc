// SPDX-License-Identifier: Apache-2.0
// The keys that say what is normal and what is a finding: specification 3.
#include "ndr/catalogue/defaults.h"
#include "ndr/spec/project_forms.h"

namespace ndr::spec {
namespace {

using MetricSet = form::Metrics;
template <auto Default>
using MetricsOr = form::ByDefault<MetricSet, Default, &form::None<std::string>>;

void DescribeSupport(SupportMin* out, Keys* keys) {
  keys->Add<form::Whole<int64_t>>(
          "default", &out->by_default,
          "Slices that a baseline needs to be warm where neither its metric nor its window is named.")
      .AtLeast(0);
  keys->Add<form::MapOf<form::Count>>("metrics", &out->metrics,
                                      "The same by metric; of a metric's and a window's the larger counts.");
  keys->Add<form::MapOf<form::Count>>("windows", &out->windows, "The same by window.");
}

void DescribeCapping(Capping* out, Keys* keys) {
  keys->Add<form::ByDefault<MetricSet, &catalogue::DefaultKeyMetrics, &catalogue::DefaultKeyMetrics>>(
          "key_metrics", &out->key_metrics, "Metrics of which one anomalous value discounts a whole slice.")
      .NotEmpty();
  keys->Add<form::Number>("z_max", &out->z_max, "The |z| of a key metric above which a slice is discounted.")
      .AtLeast(0);
  keys->Add<form::Thousandths>(
          "w_anom", &out->w_anom_thousandths,
          "The weight of a discounted slice, in steps of 0.001; 0 drops it from the support too.")
      .Within(0, 1);
  keys->Add<form::OneOf<form::LevelWords>>("level", &out->at_segment_level,
                                           "Judge a host's slices by its own history, or by its segment's.");
}

void DescribeMapping(IpMachineMapping* out, Keys* keys) {
  keys->Add<form::MappingPath>("path", out,
                               "A Parquet or CSV file with ip_address and machine_name; empty: none.");
  keys->Add<form::MappingRequired>("required", out,
                                   "Refuse to build a baseline when the file that was named is absent.")
      .Never();
}

void DescribeFindings(Findings* out, Keys* keys) {
  using Terms = form::ListOf<form::ObjectOf<FindingTerm, form::TermWords>>;
  keys->Add<form::ByDefault<Terms, &DefaultTerms, &DefaultTerms>>(
          "terms", &out->terms,
          "What evidence is made of, each term a metric and the amount of it that matters.")
      .NotEmpty();
  keys->Add<form::SetOf<form::Text>>("windows", &out->windows, "Windows whose rows give evidence.")
      .NotEmpty();
  keys->Add<form::Whole<int>>("memory_days", &out->memory_days,
                              "Days for which a finding stays active, so that a repetition joins it.")
      .Within(0, 3660)
      .Never();
  keys->Add<form::Number>("min_score", &out->min_score, "The score from which an end is kept as evidence.")
      .Within(0, 100);
  keys->Add<form::SetOf<form::Port>>("clock_ports", &out->clock_ports,
                                     "Service ports on which a rhythm is no beacon.");
  keys->Add<form::ListOf<form::ObjectOf<IgnoreRule, form::IgnoreWords>>>(
          "ignore", &out->ignore,
          "Findings to silence, each with its reason; they are counted and can be shown.")
      .Never();
}

}  // namespace

void DescribeKeys(Horizon* out, Keys* keys) {
  keys->Add<form::Label>("label", &out->label, "Its name in baseline_horizon.").Required();
  keys->Add<form::SliceDays>("length_days", &out->length, "How long it is, rounded to whole slices.")
      .Within(1. / base::kSlicesPerDay, 3660)
      .Required();
  keys->Add<form::SliceDays>(
          "gap_days", &out->gap,
          "How long before the reference time it ends, so that recent activity does not become normal.")
      .Within(0, 3660);
}

void DescribeKeys(FindingTerm* out, Keys* keys) {
  keys->Add<form::OneOf<form::KindWords>>("kind", &out->kind, "The kind of finding for which it speaks.")
      .Required();
  keys->Add<form::Text>("metric", &out->metric,
                        "A baselined metric, or bytes_sent or bytes_received seen from the host.")
      .Required();
  keys->Add<form::SetOf<form::OneOf<form::RoleWords>>>(
          "roles", &out->roles, "Roles of the host in which it speaks; left out: outbound.")
      .NotEmpty();
  keys->Add<form::Number>("amount", &out->amount, "The amount that matters: below it the term is silent.")
      .Above(0)
      .Required();
  keys->Add<form::Optional<form::Number>>("ceiling", &out->ceiling,
                                          "What is never called normal; none: whatever others do is.")
      .AtLeast(0);
  keys->Add<form::Number>("weight", &out->weight, "By which its evidence is multiplied.").AtLeast(0);
  keys->Finally([out](const Json&, const At&) {
    if (out->roles.empty()) out->roles = {catalogue::Role::kOutbound};
  });
}

void DescribeKeys(IgnoreRule* out, Keys* keys) {
  keys->Add<form::HostAddress>("host", &out->hosts, "One host; neither host nor cidr: every host.");
  keys->Add<form::HostNetwork>("cidr", &out->hosts, "Hosts of a network.");
  keys->Add<form::Optional<form::OneOf<form::KindWords>>>("kind", &out->kind,
                                                          "One kind of finding; left out: every kind.");
  keys->Add<form::Optional<form::Instant>>("until", &out->until, "When it ends; left out: never.");
  keys->Add<form::Text>("reason", &out->reason, "Why, for whoever reads it later.").Required();
  keys->Finally([out](const Json& json, const At& at) {
    if (json.contains("host") && json.contains("cidr")) at.Fail("names both host and cidr");
    if (out->reason.empty()) at.Member("reason").Fail("is empty: say why, for whoever reads it later");
  });
}

void DescribeJudgement(Project* out, Keys* keys) {
  keys->From(Acts::kFgB, Job::kFgB);
  keys->Add<form::ByDefault<form::Horizons, &DefaultHorizons, &form::None<Horizon>>>(
          "horizons", &out->horizons, "The ranges of history over which baselines are built.")
      .NotEmpty();
  keys->From(Acts::kFgB);
  keys->Add<MetricsOr<&catalogue::DefaultBaselinedMetrics>>(
          "baselined_metrics", &out->catalogue.baselined_metrics,
          "Metrics with statistics in FG-B and distances in FG-C, always with sessions_cnt.")
      .NotEmpty();
  keys->From(Acts::kFgB, Job::kFgB);
  keys->Add<MetricSet>(
      "baseline_required_metrics", &out->baseline_required_metrics,
      "Metrics that need their minimum of support before a host's own history counts as full.");
  DescribeSupport(&out->support_min,
                  keys->Group("support_min", "How many slices a baseline needs to be warm."));
  DescribeCapping(&out->capping,
                  keys->Group("capping", "How anomalous slices are kept from becoming normal."));
  keys->Add<form::Number>("rarity_threshold", &out->rarity_threshold,
                          "The rarity score from which a pair is rare.")
      .Within(0, 1);
  DescribeMapping(&out->ip_machine_mapping,
                  keys->Group("ip_machine_mapping", "Which machine has which address."));
  keys->Add<form::SetOf<form::NamePrefix>>(
      "non_persistent_machine_prefixes", &out->non_persistent_machine_prefixes,
      "Beginnings of the names of machines that start afresh each time, such as VDI-.");
  keys->From(Acts::kFgC, Job::kFgC);
  keys->Add<form::ByDefault<form::TransformSet, &catalogue::DefaultTransforms, &form::None<std::string>>>(
          "transforms", &out->catalogue.transforms, "Which distances are written for each baselined metric.")
      .NotEmpty();
  keys->Add<form::Number>("z_max", &out->z_max, "Where clipped z values end.").AtLeast(0);
  keys->Add<MetricsOr<&catalogue::DefaultRankMetrics>>("rank_metrics", &out->catalogue.rank_metrics,
                                                       "Baselined metrics that count in the rank scores.")
      .NotEmpty();
  keys->Add<form::Number>("typical_band_share", &out->typical_band_share,
                          "The share of a host's sessions that makes a time band typical of it.")
      .Within(0, 1);
  keys->Add<form::Number>("time_band_alpha", &out->time_band_alpha,
                          "How much an untypical time band adds to a z.")
      .AtLeast(0);
  keys->Add<form::Scores>("scores", &out->scores,
                          "Scores by name, each the largest or the sum of terms: m, -m or rare:m; a default "
                          "stays unless it is named.");
  DescribeFindings(&out->findings, keys->Group("findings", "What a person is shown."));
}

}  // namespace ndr::spec
