// SPDX-License-Identifier: Apache-2.0
#include "ndr/catalogue/validate.h"

#include <gmock/gmock.h>

#include "ndr/catalogue/batch.h"

namespace ndr::catalogue {
namespace {

using testing::HasSubstr;

std::shared_ptr<const Catalogue> Default() { return *Catalogue::Make({}); }

// Look-back rows from one source to `peers`, each with its port; -1: none.
std::shared_ptr<arrow::RecordBatch> Lookback(const std::vector<std::pair<std::string, int>>& peers) {
  BatchBuilder builder(Default()->Schema(Dataset::kLookback), static_cast<int64_t>(peers.size()));
  std::vector<base::Address> from, to;
  std::vector<uint16_t> ports;
  std::vector<uint8_t> valid;
  for (const auto& [peer, port] : peers) {
    from.push_back(*base::ParseAddress("10.0.0.1"));
    to.push_back(*base::ParseAddress(peer));
    ports.push_back(static_cast<uint16_t>(port < 0 ? 0 : port));
    valid.push_back(port >= 0);
  }
  builder.PutAddresses("src_ip", from);
  builder.PutAddresses("dst_ip", to);
  builder.Put("dst_port", ports, valid);
  builder.Put("sessions_cnt", std::vector<int64_t>(peers.size(), 1));
  return *builder.Finish();
}

TEST(CheckTable, TakesDistinctKeysAndTheCataloguesColumns) {
  const auto rows =
      Lookback({{"10.0.0.2", 80}, {"10.0.0.2", 443}, {"10.0.0.3", 80}, {"10.0.0.2", -1}, {"10.0.0.2", 0}});
  EXPECT_TRUE(CheckTable(*Default(), Dataset::kLookback, rows).ok());
}

TEST(CheckUniqueKeys, NamesTheKeyThatStandsTwice) {
  const auto rows = Lookback({{"10.0.0.2", 80}, {"10.0.0.3", 80}, {"10.0.0.2", 80}});
  EXPECT_THAT(CheckUniqueKeys(*Default(), Dataset::kLookback, {rows}).message(),
              HasSubstr("lookback: key 10.0.0.1|10.0.0.2|80 stands twice"));
  // In two batches too, and where a part of the key is null.
  const auto one = Lookback({{"10.0.0.2", -1}}), other = Lookback({{"10.0.0.3", 1}, {"10.0.0.2", -1}});
  EXPECT_THAT(CheckUniqueKeys(*Default(), Dataset::kLookback, {one, other}).message(),
              HasSubstr("key 10.0.0.1|10.0.0.2| stands twice"));
}

TEST(CheckSchema, NamesTheColumnThatDiffers) {
  const auto rows = Lookback({{"10.0.0.2", 80}});
  const auto fewer = *rows->RemoveColumn(3);
  EXPECT_THAT(CheckTable(*Default(), Dataset::kLookback, fewer).message(),
              HasSubstr("column none where the catalogue has sessions_cnt"));
  const auto other = *rows->SetColumn(2, arrow::field("dst_port", arrow::uint16(), false), rows->column(2));
  EXPECT_THAT(CheckTable(*Default(), Dataset::kLookback, other).message(), HasSubstr("dst_port"));
}

}  // namespace
}  // namespace ndr::catalogue
