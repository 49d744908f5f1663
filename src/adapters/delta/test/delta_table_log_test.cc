#include "delta_table_log.h"

#include <gtest/gtest.h>

#include <fstream>

#include "haul/lake/testing/table_log_commit_contract.h"
#include "haul/lake/testing/table_log_contract.h"
#include "haul/lake/testing/table_log_delete_contract.h"
#include "haul/lake/testing/table_log_retype_contract.h"
#include "haul/lake/testing/table_log_retype_refusal_contract.h"
#include "test_folder.h"

namespace haul::adapters {
namespace {

class DeltaUnderTest final : public lake::testing::TableLogUnderTest {
 public:
  std::unique_ptr<lake::TableLog> open() override {
    return *DeltaTableLog::open(folder_.path / "legs", rng_);
  }
  void arm_unknown(lake::TableLog& log, bool is_stored) override {
    ASSERT_TRUE(dynamic_cast<DeltaTableLog&>(log).arm_failpoint(is_stored ? "unknown_after_store"
                                                                          : "unknown_before_store"));
  }

 private:
  TestFolder folder_;
  SeededRng rng_{11};
};

using lake::testing::TableLogCommitContract;
using lake::testing::TableLogContract;
using lake::testing::TableLogDeleteContract;
using lake::testing::TableLogRetypeContract;
using lake::testing::TableLogRetypeRefusalContract;
INSTANTIATE_TEST_SUITE_P(Delta, TableLogContract,
                         ::testing::Values([] { return std::make_unique<DeltaUnderTest>(); }));
INSTANTIATE_TEST_SUITE_P(Delta, TableLogCommitContract,
                         ::testing::Values([] { return std::make_unique<DeltaUnderTest>(); }));
INSTANTIATE_TEST_SUITE_P(Delta, TableLogDeleteContract,
                         ::testing::Values([] { return std::make_unique<DeltaUnderTest>(); }));
INSTANTIATE_TEST_SUITE_P(Delta, TableLogRetypeContract,
                         ::testing::Values([] { return std::make_unique<DeltaUnderTest>(); }));
INSTANTIATE_TEST_SUITE_P(Delta, TableLogRetypeRefusalContract,
                         ::testing::Values([] { return std::make_unique<DeltaUnderTest>(); }));

TEST(DeltaTableLog, NamesTheCommitThatFailsItsChecksum) {
  TestFolder folder;
  SeededRng rng{1};
  const auto log = DeltaTableLog::open(folder.path, rng);
  ASSERT_TRUE((*log)->create({{{{"id", arrow::int64()}}}, {}, {}}));
  std::fstream commit(folder.path / "_delta_log" / "00000000000000000000.json", std::ios::in | std::ios::out);
  commit.seekp(100);
  commit.put('#');
  commit.close();

  const auto snapshot = (*DeltaTableLog::open(folder.path, rng))->snapshot(std::nullopt, std::nullopt);

  ASSERT_FALSE(snapshot);
  EXPECT_EQ(snapshot.error().code, ErrorCode::kCorrupt);
  EXPECT_NE(snapshot.error().message.find("00000000000000000000.json"), std::string::npos);
}

TEST(DeltaTableLog, RefusesAPropertyThatLetsOffsetsExpire) {
  TestFolder folder;
  SeededRng rng{1};
  const auto log = DeltaTableLog::open(folder.path, rng);

  const auto created = (*log)->create(
      {{{{"id", arrow::int64()}}}, {}, {{"delta.setTransactionRetentionDuration", "interval 1 days"}}});

  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace haul::adapters
