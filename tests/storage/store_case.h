// SPDX-License-Identifier: Apache-2.0
// What every object store does, wherever it keeps its objects.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ndr/storage/object_store.h"

namespace ndr::storage {

/// `store` is empty and stays so but for what lies below the folder `c`.
void CheckObjects(ObjectStore* store);
/// Who wins a conditional put; `keeps_tokens`: the store knows its own put again by its token.
void CheckConditionalPuts(ObjectStore* store, bool keeps_tokens);
/// Files that are read in parts, one of them above the size that comes whole.
void CheckFiles(ObjectStore* store);

}  // namespace ndr::storage
