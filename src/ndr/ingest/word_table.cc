// SPDX-License-Identifier: Apache-2.0
#include "ndr/ingest/word_table.h"

#include <arrow/array/builder_binary.h>

#include "ndr/ingest/scalars.h"

namespace ndr::ingest {

int32_t WordTable::Find(std::string_view raw) {
  std::string word = normalise_ ? Normalised(raw) : std::string(raw);
  const auto [entry, added] = numbers_.try_emplace(word, static_cast<int32_t>(words_.size()));
  if (added) words_.push_back(std::move(word));
  recent_[SlotOf(raw)] = {std::string(raw), entry->second};
  return entry->second;
}

arrow::Result<std::shared_ptr<arrow::Array>> WordTable::Finish() const {
  arrow::StringBuilder builder;
  ARROW_RETURN_NOT_OK(builder.AppendValues(words_));
  return builder.Finish();
}

}  // namespace ndr::ingest
