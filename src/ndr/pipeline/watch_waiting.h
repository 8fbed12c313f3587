// SPDX-License-Identifier: Apache-2.0
// Why files of a watched folder are no batch yet, in words.
#pragma once

#include <string>

#include "ndr/pipeline/watch_batches.h"

namespace ndr::pipeline {

/// `3 files wait: 2 still settling until 12:31:30 UTC; 1 of the slot 20240420T121500Z, which is incomplete
/// until 12:31:30 UTC`; empty: none waits and none is passed over.
std::string WaitingInWords(const Division& division);

}  // namespace ndr::pipeline
