#include "haul/ingest/landing_counts.h"

#include <gtest/gtest.h>

namespace haul::ingest {
namespace {

LandingCounts sample() {
  LandingCounts counts;
  counts.rows = 10;
  counts.valid = 6;
  counts.quarantined = 3;
  counts.duplicates = 1;
  counts.quarantined_by_rule = {{"decode.csv", 1}, {"kg \"small\"", 2}};
  counts.warned_by_rule = {{"late", 4}};
  counts.rules = {{"kg \"small\"", {9, 2}}, {"late", {9, 4}}};
  counts.files = {{"scans/ab12", {.name = "in/a.csv", .rows = 10, .quarantined = 3}}};
  counts.commits = 1;
  return counts;
}

TEST(LandingCounts, AreReadBackFromTheirJson) {
  const auto read = decode_counts(encode_counts(sample()));

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(encode_counts(*read), encode_counts(sample()));
  EXPECT_EQ(read->rules.at("late").failed, 4U);
  EXPECT_EQ(read->files.at("scans/ab12").name, "in/a.csv");
  EXPECT_EQ(read->commits, 1U);
}

TEST(LandingCounts, AddUpByRuleAndFile) {
  LandingCounts counts = sample();

  counts += sample();

  EXPECT_EQ(counts.rules.at("late").checked, 18U);
  EXPECT_EQ(counts.files.at("scans/ab12").quarantined, 6U);
  EXPECT_EQ(counts.files.at("scans/ab12").name, "in/a.csv");
}

TEST(LandingCounts, AreCorruptWhereSomethingIsMissing) {
  for (const char* json : {"", "{}", R"({"rows": 1})", "[1]", R"({"rows": "x"})"}) {
    const auto read = decode_counts(json);
    ASSERT_FALSE(read) << json;
    EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
  }
}

TEST(LandingCounts, SayHowFarACommitCame) {
  EXPECT_EQ(encode_reached({Offset{12}, Offset{40}}), "[12,40]");
  EXPECT_EQ(decode_reached("[12,40]"), (std::vector{Offset{12}, Offset{40}}));
  EXPECT_EQ(decode_reached("[]"), std::vector<Offset>());
  for (const auto* broken : {"", "{}", "[-1]", "[1,", "[\"1\"]"}) {
    const auto read = decode_reached(broken);
    ASSERT_FALSE(read) << broken;
    EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
  }
}

}  // namespace
}  // namespace haul::ingest
