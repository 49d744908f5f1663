#include <arrow/type.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>

#include "haul/ingest/database_table.h"

namespace haul::ingest {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

/// Rows that a test wrote, one a read.
class WrittenRows final : public RowSplitter {
 public:
  explicit WrittenRows(const std::vector<std::string>& rows) : rows_(rows) {}
  [[nodiscard]] const std::string& header() const override { return header_; }
  [[nodiscard]] const FormatOptions& row_format() const override { return format_; }
  Result<SplitRows> next() override {
    SplitRows read;
    read.ends = {0};
    if (at_ < rows_.size()) {
      const auto bytes = std::as_bytes(std::span<const char>(rows_[at_]));
      read.bytes.assign(bytes.begin(), bytes.end());
      read.ends.push_back(static_cast<std::int32_t>(bytes.size()));
      ++at_;
    }
    read.last = at_ == rows_.size();
    return read;
  }

 private:
  const std::vector<std::string>& rows_;
  std::string header_;
  FormatOptions format_ = {};
  std::size_t at_ = 0;
};

class WrittenTable final : public DatabaseTable {
 public:
  WrittenTable(std::shared_ptr<arrow::DataType> type, std::vector<std::string> rows)
      : rows_(std::move(rows)) {
    info_.origin = "table t";
    info_.rows_max = 100;
    info_.columns.push_back({"c", std::move(type), {.type = "declared"}});
  }
  [[nodiscard]] const DatabaseTableInfo& info() const override { return info_; }
  DatabaseTableInfo& change() { return info_; }
  Result<std::unique_ptr<RowSplitter>> rows() override { return std::make_unique<WrittenRows>(rows_); }

 private:
  DatabaseTableInfo info_;
  std::vector<std::string> rows_;
};

TableProfile profile(WrittenTable table) {
  auto read = profile_table(table, [](std::uint64_t) { return true; });
  EXPECT_TRUE(read) << read.error().message;
  return read.value_or(TableProfile{});
}
contract::ColumnEvidence column_of(std::shared_ptr<arrow::DataType> type, std::vector<std::string> rows) {
  return profile(WrittenTable(std::move(type), std::move(rows))).evidence.columns.at(0);
}

TEST(TableProfile, TellsNullsFromEmptyTexts) {
  const auto column = column_of(arrow::utf8(), {"", "\"\"", "NA"});

  EXPECT_EQ(column.nulls, 1U);
  EXPECT_EQ(column.values, 2U);
  EXPECT_EQ(column.length_min, 0U);
}

TEST(TableProfile, KeepsTheDeclaredTypeWhateverTheRowsShow) {
  const auto column = column_of(arrow::utf8(), {"1", "2"});

  EXPECT_TRUE(column.type->Equals(*arrow::utf8()));
  EXPECT_EQ(column.declared->type, "declared");
}

TEST(TableProfile, CountsValuesThatTheTypeDoesNotHold) {
  const auto column = column_of(arrow::float64(), {"5", "NaN", "-3", "Infinity"});

  EXPECT_EQ(column.unfit, 2U);
  EXPECT_EQ(column.unfit_example, "`NaN`");
  EXPECT_EQ(column.lowest, "-3");
  EXPECT_FALSE(column.is_never_negative);
  EXPECT_EQ(column_of(arrow::date32(), {"0044-03-15 BC", "infinity", "2013-01-31"}).unfit, 2U);
  EXPECT_EQ(column_of(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), {"2013-01-31 10:00:00+05:30"}).unfit,
            0U);
}

TEST(TableProfile, FindsTheDigitsOfNumbersThatStateNone) {
  const auto column = column_of(nullptr, {"-12.5", "0.125", "300"});

  EXPECT_TRUE(column.type->Equals(*arrow::decimal128(38, 3)));
  ASSERT_THAT(column.declared->notes, SizeIs(1));
  EXPECT_THAT(column.declared->notes[0], HasSubstr("3 before and 3 behind the point: kept as DECIMAL(38,3)"));
}

TEST(TableProfile, KeepsNumbersOfTooManyDigitsAsDoubles) {
  const std::string many(39, '9');

  EXPECT_TRUE(column_of(nullptr, {many}).type->Equals(*arrow::float64()));
  EXPECT_TRUE(column_of(nullptr, {}).type->Equals(*arrow::float64()));
}

TEST(TableProfile, CallsAsManyRowsAsMayBeReadASample) {
  WrittenTable table(arrow::utf8(), {"a", "b"});
  table.change().rows_max = 2;
  table.change().rows_estimated = 50;

  EXPECT_EQ(profile(table).evidence.sampled_from, 50U);
  table.change().rows_max = 3;
  EXPECT_EQ(profile(table).evidence.sampled_from, std::nullopt);
}

TEST(TableProfile, LeavesOutRowsThatAreNotUtf8) {
  const TableProfile read = profile(WrittenTable(arrow::utf8(), {"a", "\xff"}));

  EXPECT_EQ(read.evidence.rows, 1U);
  EXPECT_EQ(read.unreadable_rows, 1U);
}

TEST(TableProfile, EndsWhenItIsStopped) {
  WrittenTable table(arrow::utf8(), {"a", "b"});

  const auto read = profile_table(table, [](std::uint64_t) { return false; });

  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace haul::ingest
