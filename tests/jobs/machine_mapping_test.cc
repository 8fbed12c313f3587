// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/machine_mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ndr/base/exit_code.h"
#include "temporary_folder.h"

namespace ndr::jobs {
namespace {

class MachineMappingTest : public testing::Test {
 protected:
  arrow::Result<MachineMapping> Read(bool required) const {
    spec::Project project;
    project.ip_machine_mapping = {path_, required};
    return ReadMachineMapping(project);
  }

  const TemporaryFolder folder_;
  const std::string path_ = folder_ / "machines";
};

// Names that look like numbers are names; what other columns hold does not matter.
TEST_F(MachineMappingTest, ReadsTwoColumnsAsTexts) {
  folder_.Put("machines", "site,machine_name,ip_address\n1,007,10.0.0.1\nx,LAPTOP,none\n");
  const auto mapping = Read(true).ValueOrDie();
  ASSERT_NE(mapping.names.Find(*base::ParseAddress("10.0.0.1")), nullptr);
  EXPECT_EQ(mapping.names.Find(*base::ParseAddress("10.0.0.1"))->name, "007");
  EXPECT_EQ(mapping.malformed, 1);
  EXPECT_EQ(mapping.input->name, "machines");
}

// A file that is there is never passed over, whether one is required or not.
TEST_F(MachineMappingTest, AColumnThatIsNotThereIsAnErrorOfTheFile) {
  EXPECT_FALSE(Read(false).ValueOrDie().input.has_value());
  EXPECT_THAT(Read(true).status().message(), testing::HasSubstr("does not exist; put the snapshot there"));
  folder_.Put("machines", "ip_address,name\n10.0.0.1,a\n");
  for (const bool required : {false, true}) {
    const auto status = Read(required).status();
    EXPECT_EQ(base::ExitCode(status), base::kExitContract);
    EXPECT_THAT(status.message(), testing::AllOf(testing::StartsWith("ip_machine_mapping.path: " + path_),
                                                 testing::HasSubstr("machine_name")));
  }
}

}  // namespace
}  // namespace ndr::jobs
