#pragma once

#include <arrow/type.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "haul/lake/table_log.h"

namespace haul::lake::testing {

/// A kind of table log under test, over a folder that is empty at first.
class TableLogUnderTest {
 public:
  virtual ~TableLogUnderTest() = default;
  /// Another handle of the one table.
  virtual std::unique_ptr<TableLog> open() = 0;
  /// The next try_commit() of `log` ends as Unknown.
  virtual void arm_unknown(TableLog& log, bool is_stored) = 0;
};
using MakeTableLog = std::function<std::unique_ptr<TableLogUnderTest>()>;

/// The one table of a contract test.
class TableLogTest : public ::testing::TestWithParam<MakeTableLog> {
 protected:
  static TableSpec spec() {
    using columnar::Presence;
    using columnar::Privacy;
    return {{{{"leg_id", arrow::utf8(), Presence::kRequired, Privacy::kOpen},
              {"tail", arrow::utf8(), Presence::kOptional, Privacy::kPersonal},
              {"departed", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")},
              {"local", arrow::timestamp(arrow::TimeUnit::MICRO)},
              {"day", arrow::date32()},
              {"delay", arrow::int32()},
              {"rate", arrow::float64()},
              {"cost", arrow::decimal128(18, 2)},
              {"flags", arrow::list(arrow::utf8())},
              {"place", arrow::struct_({arrow::field("lat", arrow::float64()),
                                        arrow::field("lon", arrow::float64())})}}},
            {},
            {}};
  }

  static DataFile file(const std::string& path) {
    DataFile file;
    file.path = path;
    file.bytes = 100;
    file.rows = 3;
    file.modified_ms = 1'700'000'000'000;
    file.statistics =
        R"({"numRecords":3,"minValues":{"delay":-5},"maxValues":{"delay":7},"nullCount":{"delay":1}})";
    return file;
  }

  static CommitRequest append(const std::string& id, const std::string& path) {
    CommitRequest request;
    request.commit_id = id;
    request.adds = {file(path)};
    return request;
  }

  void SetUp() override {
    subject = GetParam()();
    log = subject->open();
  }

  void create() {
    const auto created = log->create(spec());
    ASSERT_TRUE(created) << created.error().message;
  }

  /// The newest version's files, sorted.
  static std::vector<std::string> paths(TableLog& of) {
    std::vector<std::string> paths;
    const auto snapshot = of.snapshot(std::nullopt, std::nullopt);
    EXPECT_TRUE(snapshot);
    if (snapshot) {
      for (const auto& found : snapshot->files) paths.push_back(found.path);
    }
    std::sort(paths.begin(), paths.end());
    return paths;
  }

  template <class Outcome>
  static Outcome expect(const Result<Attempt>& attempt) {
    EXPECT_TRUE(attempt) << attempt.error().message;
    if (!attempt || !std::holds_alternative<Outcome>(*attempt)) {
      ADD_FAILURE() << "another outcome: " << (attempt ? attempt->index() : 99);
      return {};
    }
    return std::get<Outcome>(*attempt);
  }

  std::unique_ptr<TableLogUnderTest> subject;
  std::unique_ptr<TableLog> log;
};

}  // namespace haul::lake::testing
