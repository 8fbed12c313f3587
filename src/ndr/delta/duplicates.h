// SPDX-License-Identifier: Apache-2.0
// Duplicates within a mini-batch (specification 1, Duplicates).
#pragma once

#include <span>
#include <string_view>

#include "ndr/delta/input.h"

namespace ndr::delta {

/// Marks rows that are still used: as kDuplicate those that have an identity and equal an earlier row in
/// every canonical field, then as kSuperseded all but the last by sequence of the `end` rows of one session.
/// Rows without a session key are never compared. Expected O(rows), in order of the rows.
void MarkDuplicates(std::span<InputBatch> input);

/// The order of sequences: absent (empty) first, then numbers by value, then other texts.
bool SequenceLess(std::string_view a, std::string_view b);

}  // namespace ndr::delta
