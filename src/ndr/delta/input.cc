// SPDX-License-Identifier: Apache-2.0
#include "ndr/delta/input.h"

#include <string>

#include "ndr/delta/classify.h"

namespace ndr::delta {
namespace {

using catalogue::Words;

// As ingest normalises the words of the logs.
std::vector<std::string> Normalised(std::vector<std::string> words) {
  for (std::string& word : words)
    for (char& c : word)
      c = c == ' ' || c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return words;
}

template <class Classify>
std::vector<uint8_t> ClassifyAll(const Words& words, Classify classify) {
  std::vector<uint8_t> bits(static_cast<size_t>(words.count));
  for (size_t i = 0; i < bits.size(); ++i) bits[i] = classify(words.words[i]);
  return bits;
}

WordClasses ClassesOf(const catalogue::SessionColumns& columns, const std::vector<std::string>& subtypes,
                      const std::vector<std::string>& deny_actions) {
  using C = WordClasses;
  const auto bit = [](bool set, int value) { return set ? value : 0; };
  WordClasses classes;
  classes.bits[catalogue::kAction] = ClassifyAll(columns.words[catalogue::kAction], [&](std::string_view w) {
    return static_cast<uint8_t>(bit(IsAllowAction(w), C::kAllow) |
                                bit(IsDenyAction(w, deny_actions), C::kDeny) |
                                bit(IsAlertAction(w), C::kAlert));
  });
  classes.bits[catalogue::kReason] = ClassifyAll(columns.words[catalogue::kReason], [&](std::string_view w) {
    return static_cast<uint8_t>(bit(IsResetReason(w), C::kReset) | bit(IsAgedOutReason(w), C::kAgedOut));
  });
  const auto subtype = [&](std::string_view w) {
    return static_cast<uint8_t>(bit(IsSessionSubtype(w, subtypes), C::kSession) | bit(w == "end", C::kEnd) |
                                bit(IsVulnerability(w), C::kVulnerability));
  };
  classes.bits[catalogue::kSubtype] = ClassifyAll(columns.words[catalogue::kSubtype], subtype);
  classes.bits[catalogue::kCategory] = ClassifyAll(columns.words[catalogue::kCategory], subtype);
  return classes;
}

}  // namespace

arrow::Result<std::vector<InputBatch>> ReadInput(const spec::SessionRules& rules,
                                                 const std::vector<SessionBatch>& batches) {
  const auto subtypes = Normalised(rules.subtypes), deny_actions = Normalised(rules.deny_actions);
  std::vector<InputBatch> input(batches.size());
  for (size_t b = 0; b < batches.size(); ++b) {
    ARROW_ASSIGN_OR_RAISE(input[b].columns, catalogue::SessionColumnsOf(*batches[b].sessions));
    input[b].classes = ClassesOf(input[b].columns, subtypes, deny_actions);
    input[b].fates.assign(input[b].columns.rows, Fate::kUsed);
    input[b].file = batches[b].file;
    input[b].key_alone_identifies = batches[b].key_alone_identifies;
  }
  return input;
}

}  // namespace ndr::delta
