#include "haul/ingest/profile.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "memory_file.h"

namespace haul::ingest {
namespace {

FileProfile profile(const std::string& csv, const CsvGuess& guess = {}) {
  const MemoryFile file(csv);
  auto read = profile_csv(file, "t.csv", guess);
  EXPECT_TRUE(read) << read.error().message;
  return read.value_or(FileProfile{});
}

contract::ColumnEvidence column_of(const std::vector<std::string>& values) {
  std::string csv = "c,last\n";
  for (const std::string& value : values) csv += value + ",x\n";
  return profile(csv).evidence.columns.at(0);
}

std::string type_of(const std::vector<std::string>& values) { return column_of(values).type->ToString(); }

TEST(CsvProfile, FindsTheNarrowestTypeThatEveryValueHas) {
  EXPECT_EQ(type_of({"true", "FALSE"}), "bool");
  EXPECT_EQ(type_of({"1", "-20", "0"}), "int64");
  EXPECT_EQ(type_of({"1", "2.5"}), "double");
  EXPECT_EQ(type_of({"1", "1e3"}), "double");
  EXPECT_EQ(type_of({"2013-01-31", "2012-02-29"}), "date32[day]");
  EXPECT_EQ(type_of({"2013-01-31T10:00:00Z", "2013-01-31 10:00+02:00"}), "timestamp[us, tz=UTC]");
  EXPECT_EQ(type_of({"2013-01-31T10:00:00", "2013-01-31"}), "timestamp[us]");
}

TEST(CsvProfile, TakesAColumnForTextWhereOneValueIsNothingElse) {
  EXPECT_EQ(type_of({"1", "x"}), "string");
  EXPECT_EQ(type_of({"1", "true"}), "string");
  EXPECT_EQ(type_of({"2013-01-31", "2013-02-30"}), "string");
  EXPECT_EQ(type_of({"2013-01-31T10:00:00Z", "2013-01-31T10:00:00"}), "string");
  EXPECT_EQ(type_of({"9223372036854775807", "1"}), "int64");
  EXPECT_EQ(type_of({"9223372036854775808", "1"}), "double");
}

TEST(CsvProfile, KeepsCodesWithLeadingZerosAsText) {
  EXPECT_EQ(type_of({"007", "123"}), "string");
  EXPECT_EQ(type_of({"0", "10", "0.5"}), "double");
}

TEST(CsvProfile, TakesLettersThatCouldMeanTrueAndFalseForCodes) {
  EXPECT_EQ(type_of({"T", "F"}), "string");
  EXPECT_EQ(type_of({"true", "f"}), "string");
}

TEST(CsvProfile, CountsNullsAndKnowsTheRangeOfNumbersAndTimes) {
  const auto number = column_of({"5", "", "-3", "12"});
  EXPECT_EQ(number.nulls, 1U);
  EXPECT_EQ(number.values, 3U);
  EXPECT_EQ(number.lowest, "-3");
  EXPECT_EQ(number.highest, "12");
  EXPECT_FALSE(number.is_never_negative);

  const auto time = column_of({"2013-01-31", "2012-01-01"});
  EXPECT_EQ(time.lowest, "2012-01-01");
  EXPECT_EQ(time.highest, "2013-01-31");
}

TEST(CsvProfile, TakesAWordForNullWhereTheColumnIsNoTextWithoutIt) {
  const auto read = profile("delay,tail\n5,N1\nNA,NA\n7,N2\n");

  EXPECT_EQ(read.format.csv.null_text, "NA");
  EXPECT_EQ(read.evidence.columns[0].type->ToString(), "int64");
  EXPECT_EQ(read.evidence.columns[0].nulls, 1U);
  EXPECT_EQ(read.evidence.columns[1].nulls, 1U) << "the word is that of the whole file";
}

TEST(CsvProfile, LeavesAWordAsItIsWhereOnlyTextsHaveIt) {
  const auto read = profile("region,tail\nNA,N1\nEU,N2\n");

  EXPECT_EQ(read.format.csv.null_text, "");
  EXPECT_EQ(read.evidence.columns[0].nulls, 0U);
  EXPECT_EQ(read.evidence.columns[0].distinct->size(), 2U);
}

TEST(CsvProfile, LeavesAQuotedWordAsItIs) {
  const auto read = profile("delay,tail\n5,a\n\"NA\",b\n");

  EXPECT_EQ(read.evidence.columns[0].type->ToString(), "string");
  EXPECT_EQ(read.evidence.columns[0].nulls, 0U);
}

TEST(CsvProfile, FollowsWhatItIsTold) {
  const auto read = profile("a;b\n1;?\n2;3\n", {.delimiter = ';', .null_text = "?"});

  EXPECT_EQ(read.evidence.columns[1].type->ToString(), "int64");
  EXPECT_EQ(read.evidence.columns[1].nulls, 1U);
}

TEST(CsvProfile, FindsTheDelimiterInTheHeader) {
  EXPECT_EQ(profile("a;b;c\n1,5;2;3\n").format.csv.delimiter, ';');
  EXPECT_EQ(profile("a\tb\n1\t2\n").format.csv.delimiter, '\t');
  EXPECT_EQ(profile("a|b,c\n1|2\n").format.csv.delimiter, ',') << "of equals, the comma";
  EXPECT_EQ(profile("a\n1\n").format.csv.delimiter, ',');
}

TEST(CsvProfile, CountsRowsThatAreNoneApart) {
  const auto read = profile("a,b\n1,2\n3\n4,\"5\n");

  EXPECT_EQ(read.evidence.rows, 1U);
  EXPECT_EQ(read.unreadable_rows, 2U);
}

TEST(CsvProfile, RefusesAHeaderWithANameTwice) {
  const MemoryFile file("a,a\n1,2\n");

  const auto refused = profile_csv(file, "t.csv", {});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
}

TEST(CsvProfile, KnowsWhetherEveryValueIsDifferent) {
  std::vector<std::string> values;
  for (int value = 0; value < 10'000; ++value) values.push_back(std::to_string(value));
  EXPECT_TRUE(column_of(values).is_unique);
  EXPECT_FALSE(column_of(values).distinct) << "too many to list";

  values.push_back("17");
  EXPECT_FALSE(column_of(values).is_unique);
  EXPECT_FALSE(column_of({"1", "1"}).is_unique);
}

TEST(CsvProfile, ListsFewValuesWithTheMostFrequentFirst) {
  const auto listed = column_of({"b", "a", "b"}).distinct;

  ASSERT_TRUE(listed);
  EXPECT_EQ(*listed, (std::vector<std::pair<std::string, std::uint64_t>>{{"b", 2}, {"a", 1}}));
}

TEST(CsvProfile, GuessesAPatternFromTheKindsOfCharactersAtEachPlace) {
  EXPECT_EQ(column_of({"EWR", "JFK"}).pattern, "^[A-Z]{3}$");
  EXPECT_EQ(column_of({"SH-01.x", "AB-99.y"}).pattern, R"(^[A-Z]{2}-[0-9]{2}\.[a-z]$)");
  EXPECT_EQ(column_of({"9E", "UA"}).pattern, "^[A-Z0-9][A-Z]$");
}

TEST(CsvProfile, GuessesNoPatternWhereLengthsOrMarksDiffer) {
  EXPECT_EQ(column_of({"EWR", "JFKX"}).pattern, "");
  EXPECT_EQ(column_of({"a-b", "a_b"}).pattern, "");
  EXPECT_EQ(column_of({"a-b", "axb"}).pattern, "");
  EXPECT_EQ(column_of({"é1", "é2"}).pattern, "");
}

TEST(CsvProfile, CountsCharactersAndNotBytes) {
  const auto texts = column_of({"é", "€uro"});

  EXPECT_EQ(texts.length_min, 1U);
  EXPECT_EQ(texts.length_max, 4U);
}

TEST(CsvProfile, RecognisesUuids) {
  EXPECT_TRUE(column_of({"0b5a7e36-1c4e-4f0a-9d7b-2f1f1c3f9a10"}).is_uuid);
  EXPECT_FALSE(column_of({"0b5a7e36-1c4e-4f0a-9d7b-2f1f1c3f9a1g"}).is_uuid);
}

/// A Parquet file of one column, removed with its folder.
class ParquetProfileTest : public testing::Test {
 protected:
  ParquetProfileTest() {
    std::string name = (std::filesystem::temp_directory_path() / "haul-profile-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  ~ParquetProfileTest() override { std::filesystem::remove_all(folder_); }
  ParquetProfileTest(const ParquetProfileTest&) = delete;
  ParquetProfileTest& operator=(const ParquetProfileTest&) = delete;

  [[nodiscard]] Path write(const std::shared_ptr<arrow::Array>& values) const {
    const auto table = arrow::Table::Make(arrow::schema({arrow::field("c", values->type())}), {values});
    const auto path = folder_ / "t.parquet";
    auto file = arrow::io::FileOutputStream::Open(path.string()).ValueOrDie();
    EXPECT_TRUE(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), file).ok());
    EXPECT_TRUE(file->Close().ok());
    return path;
  }

  Path folder_;
};

TEST_F(ParquetProfileTest, TakesTheTypesOfTheFile) {
  arrow::UInt16Builder builder;
  ASSERT_TRUE(builder.AppendValues({7, 65'535}).ok());
  ASSERT_TRUE(builder.AppendNull().ok());
  const Path path = write(builder.Finish().ValueOrDie());

  const auto read = profile_parquet(path, "t.parquet");

  ASSERT_TRUE(read) << read.error().message;
  const auto& column = read->evidence.columns.at(0);
  EXPECT_EQ(column.type->ToString(), "int32");
  EXPECT_EQ(column.nulls, 1U);
  EXPECT_EQ(column.lowest, "7");
  EXPECT_EQ(column.highest, "65535");
  EXPECT_EQ(read->evidence.rows, 3U);
}

TEST_F(ParquetProfileTest, RefusesATypeThatTablesDoNotHold) {
  arrow::Time32Builder builder(arrow::time32(arrow::TimeUnit::SECOND), arrow::default_memory_pool());
  ASSERT_TRUE(builder.Append(1).ok());
  const Path path = write(builder.Finish().ValueOrDie());

  const auto refused = profile_parquet(path, "t.parquet");

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(refused.error().message.find("column `c` has the type time32"), std::string::npos)
      << refused.error().message;
}

TEST_F(ParquetProfileTest, RefusesAFileThatIsNone) {
  std::ofstream(folder_ / "t.parquet") << "PAR1 and no more";

  const auto refused = profile_parquet(folder_ / "t.parquet", "t.parquet");

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace haul::ingest
