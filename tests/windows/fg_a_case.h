// SPDX-License-Identifier: Apache-2.0
// FG-A of the records of a test, cell by cell.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "ndr/windows/window_builder.h"
#include "windows/window_case.h"

namespace ndr::windows::testing {

class FgA : public ::testing::Test {
 protected:
  void Run(std::vector<Record> records, int end, std::vector<int> missing = {}, bool drop_dark = false) {
    context_ = MakeTestContext(kWindows, 1, 1, drop_dark);
    case_ = std::make_unique<Case>(context_, kFirst, std::move(records), std::move(missing));
    builder_ = *WindowBuilder::Make(context_, kFirst, case_.get());
    ASSERT_TRUE(builder_->Start(kFirst).ok());
    const auto status = case_->Step(builder_.get(), end);
    ASSERT_TRUE(status.ok()) << status.ToString();
    auto rows = builder_->Rows("20240421T002500Z");
    ASSERT_TRUE(rows.ok()) << rows.status().ToString();
    rows_ = *rows;
  }
  std::string Text(const std::string& host, const std::string& role, const std::string& window,
                   const std::string& column) {
    const int64_t row = FindRow(*rows_, host, role, window);
    return row < 0 ? "no row" : CellText(*rows_, Full(column), row);
  }
  double Real(const std::string& host, const std::string& role, const std::string& window,
              const std::string& column) {
    const int64_t row = FindRow(*rows_, host, role, window);
    if (row < 0 || CellText(*rows_, Full(column), row) == "null") return std::nan("");
    return (*catalogue::Values<double>(*rows_, Full(column)))[static_cast<size_t>(row)];
  }
  std::string Full(const std::string& column) const {
    const int i = context_->catalogue->FindMetricIndex(column);
    return i < 0 ? column : context_->catalogue->metrics()[static_cast<size_t>(i)].column;
  }

  std::shared_ptr<const spec::Context> context_;
  std::unique_ptr<Case> case_;
  std::unique_ptr<WindowBuilder> builder_;
  std::shared_ptr<arrow::RecordBatch> rows_;
};

}  // namespace ndr::windows::testing
