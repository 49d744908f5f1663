#pragma once

#include <gtest/gtest.h>

#include <numeric>
#include <string>

#include "haul/base/testing/fake_file_system.h"
#include "haul/base/testing/manual_clock.h"
#include "haul/ingest/landing.h"
#include "haul/lake/testing/memory_table_logs.h"

namespace haul::ingest {

/// The contract under test has no rules: nothing is parsed.
class NoParser final : public expression::SqlParser {
 public:
  Result<std::string> parse_select(std::string_view) const override { return unused(); }
  Result<std::string> plan_select(std::string_view) const override { return unused(); }

 private:
  static Result<std::string> unused() { return fail(ErrorCode::kInvalidInput, "no SQL is expected here"); }
};

/// Nothing is queried where silver has no rows yet.
class NoEngine final : public query::SqlEngine {
 public:
  Result<query::QuerySummary> run(const query::QueryRequest&, query::ResultConsumer&) override {
    return unused();
  }
  Result<std::string> parse(std::string_view) override { return unused(); }
  Result<columnar::Schema> describe(const query::QueryRequest&) override { return unused(); }
  Result<query::QueryPlan> plan(const query::QueryRequest&) override { return unused(); }

 private:
  static tl::unexpected<Error> unused() {
    return fail(ErrorCode::kInvalidInput, "no query is expected here");
  }
};

/// A lake in memory and what a landing needs beside it.
class LandingFixture : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(files.create_directories(lake)); }

  /// A landing of one partition with the tables s of each layer; the object is called s.
  std::unique_ptr<Landing> open(contract::Object object, std::vector<std::string> dedupe_by) {
    LandingSpec spec;
    spec.lake_folder = lake;
    spec.source = "s";
    spec.silver = "s";
    spec.contract.id = "c";
    spec.contract.version = "1.0.0";
    object.name = "s";
    spec.contract.objects = {std::move(object)};
    spec.dedupe_by = std::move(dedupe_by);
    spec.app_ids = {"flow/log/0"};
    auto landing = Landing::open({{files, logs, clock, rng}, parser, engine}, std::move(spec));
    EXPECT_TRUE(landing) << landing.error().message;
    return std::move(*landing);
  }

  /// Rows that are part of the newest version.
  std::int64_t rows_in(const Path& table) {
    const auto snapshot = logs.at(table).value()->snapshot(std::nullopt, std::nullopt);
    EXPECT_TRUE(snapshot) << snapshot.error().message;
    return std::accumulate(
        snapshot->files.begin(), snapshot->files.end(), std::int64_t{0},
        [](std::int64_t sum, const lake::DataFile& file) { return sum + file.live_rows(); });
  }

  Path lake = "/lake";
  haul::testing::FakeFileSystem files;
  haul::testing::ManualClock clock;
  SeededRng rng{7};
  lake::testing::MemoryTableLogs logs{clock};
  NoParser parser;
  NoEngine engine;
};

}  // namespace haul::ingest
