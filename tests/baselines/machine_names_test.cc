// SPDX-License-Identifier: Apache-2.0
#include "ndr/baselines/machine_names.h"

#include <gtest/gtest.h>

namespace ndr::baselines {
namespace {

const base::Address kOne = *base::ParseAddress("10.0.0.1"), kTwo = *base::ParseAddress("fc00::2");

TEST(MachineNamesTest, ComparesPrefixesTrimmedAndWithoutCase) {
  MachineNames machines({"  Vdi-", ""});
  machines.Add(kOne, " vDI-7");
  machines.Add(kTwo, "pc-vdi-7");
  EXPECT_TRUE(machines.Find(kOne)->is_non_persistent);
  EXPECT_FALSE(machines.Find(kTwo)->is_non_persistent);
  EXPECT_EQ(machines.Find(base::Address{}), nullptr);
}

// The first by text stands; any name's prefix counts. Neither depends on the order of the lines.
TEST(MachineNamesTest, SeveralNamesOfOneAddress) {
  for (const bool reversed : {false, true}) {
    MachineNames machines({"vdi"});
    machines.Add(kOne, reversed ? "VDI-1" : "desk-9");
    machines.Add(kOne, reversed ? "desk-9" : "VDI-1");
    EXPECT_EQ(machines.Find(kOne)->name, "VDI-1");
    EXPECT_TRUE(machines.Find(kOne)->is_non_persistent);
  }
}

}  // namespace
}  // namespace ndr::baselines
