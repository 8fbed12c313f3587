// SPDX-License-Identifier: Apache-2.0
// Readers of the sections of a project, one for each struct of project.h.
#pragma once

#include "ndr/spec/json_object.h"
#include "ndr/spec/project.h"

namespace ndr::spec {

/// 1 to 128 characters of [A-Za-z0-9._-], not beginning with a dot: what may stand in paths.
bool IsName(std::string_view text);

void ReadValue(const Json& json, const At& at, base::Hours* out);
void ReadValue(const Json& json, const At& at, base::NamedCidr* out);
void ReadSegments(const Json& json, const At& at, base::NetworkOptions* out);
void ReadValue(const Json& json, const At& at, base::CalendarOptions* out);
void ReadValue(const Json& json, const At& at, SourceTimezone* out);
void ReadPortSets(const Json& json, const At& at,
                  std::vector<std::pair<std::string, std::vector<uint16_t>>>* out);
void ReadValue(const Json& json, const At& at, SessionRules* out);
void ReadValue(const Json& json, const At& at, DataQuality* out);
void ReadValue(const Json& json, const At& at, Lookback* out);
void ReadValue(const Json& json, const At& at, Keep* out);

void ReadValue(const Json& json, const At& at, catalogue::Role* out);
void ReadValue(const Json& json, const At& at, catalogue::Kind* out);
void ReadValue(const Json& json, const At& at, Horizon* out);
void ReadValue(const Json& json, const At& at, SupportMin* out);
void ReadValue(const Json& json, const At& at, Capping* out);
void ReadValue(const Json& json, const At& at, IpMachineMapping* out);
void ReadScores(const Json& json, const At& at, std::vector<ScoreTerms>* out);
void ReadValue(const Json& json, const At& at, FindingTerm* out);
void ReadValue(const Json& json, const At& at, IgnoreRule* out);
void ReadValue(const Json& json, const At& at, Findings* out);

}  // namespace ndr::spec
