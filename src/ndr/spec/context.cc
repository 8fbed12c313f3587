// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/check.h"
#include "ndr/spec/project.h"

namespace ndr::spec {

arrow::Result<std::shared_ptr<Context>> AssembleContext(Project project, int threads) {
  auto context = std::make_shared<Context>();
  // What the catalogue takes from other sections of the project.
  auto& options = project.catalogue;
  options.lookback_days = project.lookback.days;
  options.extra_port_sets.clear();
  for (size_t i = catalogue::kPortSets.size(); i < project.port_sets.size(); ++i)
    options.extra_port_sets.push_back(project.port_sets[i].first);
  options.extra_scores.clear();
  for (size_t i = catalogue::kScores.size(); i < project.scores.size(); ++i)
    options.extra_scores.push_back(project.scores[i].name);

  ARROW_ASSIGN_OR_RAISE(context->catalogue, catalogue::Catalogue::Make(options));
  ARROW_ASSIGN_OR_RAISE(context->calendar, base::Calendar::Make(project.calendar));
  ARROW_ASSIGN_OR_RAISE(context->network, base::Network::Make(project.network));
  for (const auto& [name, ports] : project.port_sets) {
    base::PortSet set;
    for (const uint16_t port : ports) set.set(port);
    context->port_sets.push_back(set);
  }
  context->threads = threads;
  context->project = std::move(project);
  return context;
}

arrow::Result<std::shared_ptr<const Context>> MakeContext(Project project, int threads) {
  ARROW_ASSIGN_OR_RAISE(const auto context, AssembleContext(std::move(project), threads));
  Problems problems;
  CheckNames(context->project, *context->catalogue, &problems);
  ARROW_RETURN_NOT_OK(problems.ToStatus());
  return context;
}

}  // namespace ndr::spec
