#include "haul/lake/testing/memory_table_logs.h"

#include <gtest/gtest.h>

#include "haul/base/testing/manual_clock.h"
#include "haul/lake/testing/table_log_commit_contract.h"
#include "haul/lake/testing/table_log_contract.h"
#include "haul/lake/testing/table_log_delete_contract.h"
#include "haul/lake/testing/table_log_retype_contract.h"
#include "haul/lake/testing/table_log_retype_refusal_contract.h"

namespace haul::lake::testing {
namespace {

class MemoryUnderTest final : public TableLogUnderTest {
 public:
  std::unique_ptr<TableLog> open() override { return *logs_.at("lake/legs"); }
  void arm_unknown(TableLog&, bool is_stored) override {
    logs_.arm_unknown("lake/legs",
                      is_stored ? MemoryTableLogs::Doubt::kStored : MemoryTableLogs::Doubt::kNotStored);
  }

 private:
  haul::testing::ManualClock clock_;
  MemoryTableLogs logs_{clock_};
};

INSTANTIATE_TEST_SUITE_P(Memory, TableLogContract,
                         ::testing::Values([] { return std::make_unique<MemoryUnderTest>(); }));
INSTANTIATE_TEST_SUITE_P(Memory, TableLogCommitContract,
                         ::testing::Values([] { return std::make_unique<MemoryUnderTest>(); }));
INSTANTIATE_TEST_SUITE_P(Memory, TableLogDeleteContract,
                         ::testing::Values([] { return std::make_unique<MemoryUnderTest>(); }));
INSTANTIATE_TEST_SUITE_P(Memory, TableLogRetypeContract,
                         ::testing::Values([] { return std::make_unique<MemoryUnderTest>(); }));
INSTANTIATE_TEST_SUITE_P(Memory, TableLogRetypeRefusalContract,
                         ::testing::Values([] { return std::make_unique<MemoryUnderTest>(); }));

}  // namespace
}  // namespace haul::lake::testing
