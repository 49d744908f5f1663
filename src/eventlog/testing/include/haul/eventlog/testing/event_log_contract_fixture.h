#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "haul/base/testing/manual_clock.h"
#include "haul/eventlog/event_log.h"
#include "haul/eventlog/testing/record_text.h"

namespace haul::eventlog::testing {

/// One implementation under test: an empty log on a clock that the test moves.
class LogUnderTest {
 public:
  virtual ~LogUnderTest() = default;
  virtual EventLog& log() = 0;
  /// Closes the log and opens it again, as a restarted process would.
  virtual void reopen() = 0;
  virtual haul::testing::ManualClock& clock() = 0;
};
using MakeLog = std::function<std::unique_ptr<LogUnderTest>()>;

/// What every EventLog does. Instantiate it with a MakeLog for each implementation.
class EventLogContract : public ::testing::TestWithParam<MakeLog> {
 protected:
  static constexpr PartitionId kP0{0};
  static constexpr PartitionId kP1{1};

  void SetUp() override { ASSERT_TRUE(log().create_topic({"legs", 2, {}})); }

  EventLog& log() { return subject_->log(); }
  void reopen() { subject_->reopen(); }
  haul::testing::ManualClock& clock() { return subject_->clock(); }

  /// Appends texts of producer "file" to partition 0 at positions from `position` on.
  Result<Appended> append(std::uint64_t position, const RecordTexts& texts) {
    const AppendRequest request{.partition = kP0,
                                .producer = "file",
                                .first_position = position,
                                .last_position = position + texts.records().size() - 1,
                                .attributes = "csv",
                                .records = texts.records()};
    HAUL_TRY(appended, log().append("legs", std::span(&request, 1)));
    return appended.front();
  }
  std::vector<std::string> texts(PartitionId partition = kP0, Offset from = Offset{0},
                                 std::uint64_t bytes_max = 1) {
    auto result = texts_from(log(), "legs", partition, from, bytes_max);
    EXPECT_TRUE(result) << result.error().message;
    return result ? *result : std::vector<std::string>();
  }
  using Texts = std::vector<std::string>;

 private:
  std::unique_ptr<LogUnderTest> subject_ = GetParam()();
};

}  // namespace haul::eventlog::testing
