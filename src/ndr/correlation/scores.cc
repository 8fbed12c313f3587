// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/scores.h"

#include <algorithm>

namespace ndr::correlation {
namespace {

arrow::Result<ScoreTerm> ParseTerm(std::string_view text, const std::string& score,
                                   const catalogue::Catalogue& catalogue) {
  ScoreTerm term;
  std::string_view name = text;
  if (name.starts_with("-")) term.negative = true, name.remove_prefix(1);
  if (name.starts_with("rare:")) term.rare = true, name.remove_prefix(5);
  const auto& baselined = catalogue.baselined();
  const auto at = std::find(baselined.begin(), baselined.end(), catalogue.FindMetricIndex(name));
  if (at == baselined.end())
    return arrow::Status::Invalid("scores.", score, ": '", text, "' names no baselined metric");
  term.slot = static_cast<int>(at - baselined.begin());
  return term;
}

}  // namespace

arrow::Result<std::vector<Score>> MakeScores(const std::vector<spec::ScoreTerms>& configured,
                                             const catalogue::Catalogue& catalogue) {
  std::vector<Score> scores;
  for (const catalogue::ScoreWord& word : catalogue::kScores) {
    const bool replaced =
        std::any_of(configured.begin(), configured.end(), [&](const auto& c) { return c.name == word.name; });
    if (replaced) continue;
    Score score{std::string(word.name), word.is_max, {}};
    for (const std::string_view text : word.terms) {
      if (text.empty()) continue;
      // A project may baseline fewer metrics than the default scores use: such a term is always null.
      if (auto term = ParseTerm(text, score.name, catalogue); term.ok()) score.terms.push_back(*term);
    }
    scores.push_back(std::move(score));
  }
  for (const spec::ScoreTerms& c : configured) {
    Score score{c.name, c.is_max, {}};
    const auto word = std::find_if(catalogue::kScores.begin(), catalogue::kScores.end(),
                                   [&](const auto& w) { return w.name == c.name; });
    const bool is_default = word != catalogue::kScores.end();
    for (const std::string& text : c.terms) {
      auto term = ParseTerm(text, c.name, catalogue);
      const bool default_term =
          is_default && std::find(word->terms.begin(), word->terms.end(), text) != word->terms.end();
      if (!term.ok() && !default_term) return term.status();
      if (term.ok()) score.terms.push_back(*term);
    }
    scores.push_back(std::move(score));
  }
  return scores;
}

}  // namespace ndr::correlation
