// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/series_parallel.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "ndr/base/exit_code.h"

namespace ndr::pipeline {
namespace {

// Steps by their place in the pipeline.
using Set = std::vector<size_t>;

class Decomposition {
 public:
  explicit Decomposition(const Pipeline& pipeline) : pipeline_(pipeline), before_(pipeline.steps.size()) {
    for (size_t i = 0; i < before_.size(); ++i) Collect(i, &before_[i]);
  }

  arrow::Result<Block> Decompose(const Set& steps) const {
    if (steps.size() == 1) return Block{Block::Shape::kStep, &pipeline_.steps[steps.front()], {}};
    const std::vector<Set> branches = Components(steps);
    if (branches.size() > 1) return Of(Block::Shape::kParallel, branches);
    const std::vector<Set> stages = Stages(steps);
    if (stages.size() > 1) return Of(Block::Shape::kSequence, stages);
    std::vector<std::string> names;
    for (const size_t i : steps) names.push_back(pipeline_.steps[i].name);
    return base::UsageError(
        fmt::format("no nesting of sequences and parallel branches has exactly the dependencies of the steps "
                    "{}; let each step of the "
                    "second stage wait for all of the first",
                    fmt::join(names, ", ")));
  }

 private:
  // All that step i waits for, directly or through others.
  void Collect(size_t i, std::set<size_t>* out) const {
    for (const std::string& name : pipeline_.steps[i].after) {
      const auto found = std::ranges::find(pipeline_.steps, name, &Step::name);
      const auto j = static_cast<size_t>(found - pipeline_.steps.begin());
      if (out->insert(j).second) Collect(j, out);
    }
  }
  bool Ordered(size_t a, size_t b) const { return before_[a].contains(b) || before_[b].contains(a); }

  arrow::Result<Block> Of(Block::Shape shape, const std::vector<Set>& parts) const {
    Block block{shape, nullptr, {}};
    for (const Set& part : parts) {
      ARROW_ASSIGN_OR_RAISE(Block child, Decompose(part));
      block.parts.push_back(std::move(child));
    }
    return block;
  }

  // Groups between which `linked` holds for no two steps, by their first step.
  template <class Linked>
  static std::vector<Set> Groups(const Set& steps, Linked linked) {
    std::vector<Set> groups;
    std::set<size_t> placed;
    for (const size_t first : steps) {
      if (!placed.insert(first).second) continue;
      Set group = {first};
      for (size_t at = 0; at < group.size(); ++at)
        for (const size_t other : steps)
          if (linked(group[at], other) && placed.insert(other).second) group.push_back(other);
      std::ranges::sort(group);
      groups.push_back(std::move(group));
    }
    return groups;
  }

  // Branches that nothing connects.
  std::vector<Set> Components(const Set& steps) const {
    return Groups(steps, [this](size_t a, size_t b) { return Ordered(a, b); });
  }

  // Steps that are not ordered belong to one stage; any two of different stages are ordered, the same way for
  // all of them.
  std::vector<Set> Stages(const Set& steps) const {
    std::vector<Set> stages = Groups(steps, [this](size_t a, size_t b) { return a != b && !Ordered(a, b); });
    std::ranges::sort(stages,
                      [this](const Set& a, const Set& b) { return before_[b.front()].contains(a.front()); });
    return stages;
  }

  const Pipeline& pipeline_;
  std::vector<std::set<size_t>> before_;
};

}  // namespace

arrow::Result<Block> AsSeriesParallel(const Pipeline& pipeline) {
  Set all(pipeline.steps.size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = i;
  return Decomposition(pipeline).Decompose(all);
}

}  // namespace ndr::pipeline
