// SPDX-License-Identifier: Apache-2.0
// Job specs as files, `<folder>/<project>/<version>/<job>.json`: for an editor and for version control.
#pragma once

#include "ndr/spec/store.h"

namespace ndr::spec {

/// The folder is made by the first document that is put there. A file is there whole or not at all.
std::unique_ptr<SpecStore> OpenFilesStore(const std::string& folder);

}  // namespace ndr::spec
