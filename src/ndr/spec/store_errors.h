// SPDX-License-Identifier: Apache-2.0
// What stores of job specs say when they fail: each failure in its own words, with project, job, version and
// store.
#pragma once

#include "ndr/spec/store.h"

namespace ndr::spec {

/// `job spec of project acme, job delta_builder, version v1 in sqlite:specs.sqlite`
std::string Where(const SpecKey& key, const std::string& store);

/// Usage errors.
arrow::Status NoItem(const SpecKey& key, const std::string& store);
/// The same where the store could be asked: `there` are its keys of the project, or, where there are none,
/// all.
arrow::Status NoItem(const SpecKey& key, const std::string& store, const std::vector<SpecKey>& there);
arrow::Status NoBody(const SpecKey& key, const std::string& store, std::string_view place);
arrow::Status WrongBodyType(const SpecKey& key, const std::string& store, std::string_view found);
arrow::Status InvalidBody(const SpecKey& key, const std::string& store, std::string_view why);
arrow::Status AnotherBody(const SpecKey& key, const std::string& store);

/// The document in a text, which must be an object.
arrow::Result<Json> ParseBody(const SpecKey& key, const std::string& store, std::string_view text,
                              const std::string& origin);
/// The same words before what a lower part says; the exit code stays.
arrow::Status InContext(const SpecKey& key, const std::string& store, const arrow::Status& status);

}  // namespace ndr::spec
