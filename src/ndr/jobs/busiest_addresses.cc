// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/busiest_addresses.h"

#include <algorithm>
#include <unordered_map>

#include "ndr/base/hash.h"
#include "ndr/catalogue/sessions.h"
#include "ndr/jobs/log_files.h"

namespace ndr::jobs {
namespace {

constexpr size_t kShown = 10;

}  // namespace

arrow::Result<std::vector<std::pair<base::Address, int64_t>>> BusiestAddresses(const spec::Context& context,
                                                                               const std::string& path,
                                                                               ingest::Source source) {
  auto everyone = std::make_shared<spec::Context>(context);
  base::NetworkOptions network;
  network.host_networks = {*base::ParseCidr("::/0")};
  ARROW_ASSIGN_OR_RAISE(everyone->network, base::Network::Make(network));
  std::unordered_map<base::Address, int64_t, base::AddressHash> records;
  LogReader reader(everyone, "auto");
  ARROW_RETURN_NOT_OK(reader
                          .Read(path, source, context.threads,
                                [&](const ParsedBlock& block) {
                                  ARROW_ASSIGN_OR_RAISE(const auto columns,
                                                        catalogue::SessionColumnsOf(*block.parsed.sessions));
                                  for (size_t i = 0; i < columns.rows; ++i) {
                                    ++records[columns.Source(i)];
                                    ++records[columns.Destination(i)];
                                  }
                                  return arrow::Status::OK();
                                })
                          .status());
  std::vector<std::pair<base::Address, int64_t>> busiest(records.begin(), records.end());
  std::sort(busiest.begin(), busiest.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  busiest.resize(std::min(busiest.size(), kShown));
  return busiest;
}

}  // namespace ndr::jobs
