// SPDX-License-Identifier: Apache-2.0
// The object store over a folder of a local disk.
#pragma once

#include "ndr/storage/object_store.h"

namespace ndr::storage {

/// The folder need not exist; it is made with the first object. New files are written below its `_staging`,
/// brought to the disk and renamed; what a killed process left there goes with the next process that writes.
/// A conditional put holds a file lock around comparing and renaming; its tag is the SHA-256 of the bytes,
/// and no token is kept. Errors: IOError with the path.
std::shared_ptr<ObjectStore> OpenFolder(const std::string& folder);

}  // namespace ndr::storage
