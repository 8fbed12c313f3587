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

bool IsDefault(const std::string& score, const std::string& term) {
  return std::any_of(catalogue::kScores.begin(), catalogue::kScores.end(), [&](const auto& word) {
    return word.name == score && std::find(word.terms.begin(), word.terms.end(), term) != word.terms.end();
  });
}

}  // namespace

arrow::Result<std::vector<Score>> MakeScores(const std::vector<spec::ScoreTerms>& configured,
                                             const catalogue::Catalogue& catalogue) {
  std::vector<Score> scores;
  for (const spec::ScoreTerms& c : configured) {
    Score& score = scores.emplace_back(Score{c.name, c.is_max, {}});
    for (const std::string& text : c.terms) {
      const auto term = ParseTerm(text, c.name, catalogue);
      // A project may baseline fewer metrics than the default scores use: such a term is always null.
      if (!term.ok() && !IsDefault(c.name, text)) return term.status();
      if (term.ok()) score.terms.push_back(*term);
    }
  }
  return scores;
}

}  // namespace ndr::correlation
