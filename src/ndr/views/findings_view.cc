// SPDX-License-Identifier: Apache-2.0
#include "ndr/views/findings_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "ndr/base/exit_code.h"
#include "ndr/catalogue/batch.h"
#include "ndr/storage/as_it_is_now.h"
#include "ndr/storage/dataset_reader.h"
#include "ndr/views/root_contents.h"

namespace ndr::views {
namespace {

using arrow::Status;
using catalogue::Dataset;

int64_t HostsOf(const storage::CommitRecord& record) {
  const auto it = record.facts.find("hosts");
  int64_t hosts = 0;
  if (it != record.facts.end())
    std::from_chars(it->second.data(), it->second.data() + it->second.size(), hosts);
  return hosts;
}

bool Passes(const findings::Finding& finding, const FindingsFilter& filter) {
  return finding.severity >= filter.min_severity && (!filter.host || finding.host == *filter.host) &&
         (!filter.since || finding.last_ts >= *filter.since) &&
         (!filter.until || finding.first_ts < *filter.until);
}

Status AddMachineNames(const std::string& root, const spec::Context& context, const std::string& reference,
                       std::vector<findings::Finding>* found) {
  if (context.project.ip_machine_mapping.path.empty() || reference.empty()) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const auto commit, storage::CommitLog(root).Read(
                                               {"fg_b", context.project.feature_spec_version, reference}));
  if (!commit) return Status::OK();
  std::map<base::Address, std::string> names;
  storage::Batches batches;
  ARROW_RETURN_NOT_OK(storage::ReadAsItIsNow(root, *commit, [&](const storage::CommitRecord& now) {
    return storage::ReadCommitted(root, *context.catalogue, now, Dataset::kIpMetadata, {},
                                  {"host_ip", "machine_name"})
        .Value(&batches);
  }));
  for (const auto& batch : batches) {
    ARROW_ASSIGN_OR_RAISE(const auto hosts, catalogue::Addresses(*batch, "host_ip"));
    ARROW_ASSIGN_OR_RAISE(const auto texts, catalogue::TextsOf(*batch, "machine_name"));
    ARROW_ASSIGN_OR_RAISE(const auto valid, catalogue::Valid(*batch, "machine_name"));
    for (size_t i = 0; i < hosts.size(); ++i)
      if (valid[i]) names[hosts[i]] = texts[i];
  }
  for (findings::Finding& finding : *found)
    if (const auto it = names.find(finding.host); it != names.end()) finding.machine_name = it->second;
  return Status::OK();
}

}  // namespace

arrow::Result<FindingsView> ViewFindings(const std::string& root, const spec::Context& context,
                                         const FindingsFilter& filter) {
  ARROW_ASSIGN_OR_RAISE(const auto commits,
                        storage::CommitLog(root).ReadAll("fg_c", context.project.feature_spec_version));
  if (commits.empty()) return NothingThere(root, "fg_c", context.project.feature_spec_version);
  FindingsView view;
  findings::FindingsBuilder builder(context.project.findings);
  for (const storage::CommitRecord& commit : commits) {
    if (commit.facts.contains("no_reference")) {
      ++view.unjudged;
      continue;
    }
    ++view.ends;
    view.hosts = std::max(view.hosts, HostsOf(commit));
    view.reference = commit.reference;
    storage::Batches batches;
    ARROW_RETURN_NOT_OK(storage::ReadAsItIsNow(root, commit, [&](const storage::CommitRecord& now) {
      return storage::ReadCommitted(root, *context.catalogue, now, Dataset::kEvidence).Value(&batches);
    }));
    for (const auto& batch : batches) ARROW_RETURN_NOT_OK(builder.Add(*batch));
  }
  if (view.ends == 0)
    return base::UsageError((view.unjudged == 1
                                 ? "1 batch, which is not judged"
                                 : std::to_string(view.unjudged) + " batches, none of them judged") +
                            ": there was no reference. Build one with `ndr fg-b`; the "
                            "batches after it are judged, earlier ones with `ndr fg-c --replace`");
  std::vector<findings::Finding> all = builder.Finish();
  ARROW_RETURN_NOT_OK(AddMachineNames(root, context, view.reference, &all));
  view.opened = findings::CountOpened(all, view.hosts, static_cast<double>(view.ends) / base::kSlicesPerDay);
  std::copy_if(all.begin(), all.end(), std::back_inserter(view.findings),
               [&](const findings::Finding& f) { return Passes(f, filter); });
  return view;
}

}  // namespace ndr::views
