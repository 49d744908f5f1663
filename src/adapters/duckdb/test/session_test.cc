// The closed session alone, without the gates before it: what user SQL could do if they failed.
#include "session.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "parquet_folder.h"

namespace haul::adapters::duckdb {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

class ClosedSession : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(session_.close_doors({readable_}));
    std::ofstream(folder_.path() / "beside.csv") << "a\n1\n";
  }

  /// The message of the refusal, or "done".
  std::string refusal(const std::string& sql) {
    const auto done = session_.execute(sql);
    return done ? "done" : done.error().message;
  }

  ParquetFolder folder_;
  const Path readable_ = folder_.write("readable.parquet", "SELECT 1 AS a");
  Session session_ = *Session::open({});
};

TEST_F(ClosedSession, ReadsTheFilesItWasGiven) {
  EXPECT_EQ(refusal(fmt::format("FROM read_parquet('{}')", readable_.native())), "done");
}

TEST_F(ClosedSession, ReadsNoOtherFile) {
  const std::string beside = (folder_.path() / "beside.csv").native();
  for (const std::string& sql :
       {std::string("FROM read_text('/etc/passwd')"), std::string("FROM read_csv('/etc/passwd')"),
        std::string("FROM '/etc/hostname'"), std::string("FROM glob('/etc/*')"),
        fmt::format("FROM '{}'", beside),
        fmt::format("FROM read_csv('{}/../{}')", readable_.native(), "beside.csv"),
        fmt::format("FROM read_parquet('{}/*.parquet')", folder_.path().native()),
        fmt::format("ATTACH '{}' AS other", beside), fmt::format("COPY (SELECT 1) TO '{}'", beside),
        std::string("EXPORT DATABASE '/tmp/haul_export'")}) {
    EXPECT_THAT(refusal(sql), AnyOf(HasSubstr("disabled"), HasSubstr("does not exist"))) << sql;
  }
}

TEST_F(ClosedSession, LoadsNoExtensionAndReachesNoNetwork) {
  EXPECT_NE(refusal("INSTALL httpfs"), "done");
  EXPECT_NE(refusal("LOAD httpfs"), "done");
  EXPECT_NE(refusal("FROM 'http://127.0.0.1:1/x.parquet'"), "done");
  EXPECT_NE(refusal("FROM 's3://bucket/x.parquet'"), "done");
}

TEST_F(ClosedSession, KeepsItsSettings) {
  EXPECT_THAT(refusal("SET enable_external_access = true"), HasSubstr("locked"));
  EXPECT_THAT(refusal("SET allowed_paths = ['/etc/passwd']"), HasSubstr("locked"));
  EXPECT_THAT(refusal("SET threads = 64"), HasSubstr("locked"));
  EXPECT_THAT(refusal("SET TimeZone = 'America/New_York'"), HasSubstr("locked"));
  EXPECT_THAT(refusal("RESET lock_configuration"), HasSubstr("locked"));
}

}  // namespace
}  // namespace haul::adapters::duckdb
