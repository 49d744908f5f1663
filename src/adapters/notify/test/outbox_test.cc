// system.alerts and the outbox over real data files and the real engine; the table logs are in memory.
#include "haul/alert/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "haul/adapters/duckdb/duckdb_engine.h"
#include "haul/adapters/posix/posix.h"
#include "haul/alert/alert_table.h"
#include "haul/base/testing/manual_clock.h"
#include "haul/lake/testing/memory_table_logs.h"
#include "sample.h"
#include "test_folder.h"

namespace haul::adapters {
namespace {

using alert::AlertTable;
using alert::Delivered;
using alert::Notification;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Remembers what it was sent; fails as told.
class RecordingNotifier final : public alert::Notifier {
 public:
  RecordingNotifier(std::vector<std::string>& keys, std::optional<Error>& failure)
      : keys_(keys), failure_(failure) {}
  Result<void> send(const Notification& notification) override {
    if (failure_) return fail(*failure_);
    keys_.push_back(notification.key());
    return {};
  }

 private:
  std::vector<std::string>& keys_;
  std::optional<Error>& failure_;
};

class Outbox : public ::testing::Test {
 protected:
  Outbox() { notifiers_["ops"] = std::make_unique<RecordingNotifier>(sent_, failure_); }

  alert::AlertContext context() {
    return {.lake = {*files_, logs_, clock_, rng_},
            .engine = *engine_,
            .lake_folder = folder_.path,
            .notifiers = {{.name = "ops", .from = alert::Severity::kWarning}}};
  }
  std::size_t raise(const alert::Alert& alert) {
    const auto raised = AlertTable(context()).raise({alert});
    EXPECT_TRUE(raised) << raised.error().message;
    return raised.value_or(0);
  }
  Delivered deliver() {
    const auto delivered = alert::deliver(context(), notifiers_);
    EXPECT_TRUE(delivered) << delivered.error().message;
    return delivered.value_or(Delivered{});
  }

  std::vector<alert::OpenAlert> open_alerts() {
    const auto open = AlertTable(context()).open();
    EXPECT_TRUE(open) << open.error().message;
    return open.value_or(std::vector<alert::OpenAlert>());
  }

  static std::string key(const std::string& occasion) { return alert_id(sample_alert(occasion)); }

  TestFolder folder_;
  std::unique_ptr<FileSystem> files_ = make_posix_file_system();
  haul::testing::ManualClock clock_;
  lake::testing::MemoryTableLogs logs_{clock_};
  SeededRng rng_{7};
  std::unique_ptr<query::SqlEngine> engine_ = duckdb::make_duckdb_engine({});
  std::vector<std::string> sent_;
  std::optional<Error> failure_;
  alert::Notifiers notifiers_;
};

TEST_F(Outbox, HoldsNothingBeforeTheFirstAlert) {
  EXPECT_EQ(deliver().sent, 0U);
  EXPECT_THAT(open_alerts(), IsEmpty());
  EXPECT_EQ(AlertTable(context()).resolve({sample_alert()}), std::size_t{0});
}

TEST_F(Outbox, StoresAnAlertOnceAndReadsItBack) {
  alert::Alert alert = sample_alert();
  alert.event_time = EventTime(Micros(77));
  alert.labels["quote"] = "a \"b\"\n";

  EXPECT_EQ(raise(alert), 1U);
  EXPECT_EQ(raise(alert), 0U);

  const auto open = open_alerts();
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open.front().id, alert_id(alert));
  EXPECT_EQ(open.front().alert.message, alert.message);
  EXPECT_EQ(open.front().alert.labels, alert.labels);
  EXPECT_EQ(open.front().alert.event_time, alert.event_time);
  EXPECT_EQ(open.front().alert.raised_at, alert.raised_at);
}

TEST_F(Outbox, StoresAnAlertOnceAlsoWhereItComesTwiceInOneCall) {
  EXPECT_EQ(AlertTable(context()).raise({sample_alert(), sample_alert()}), std::size_t{1});
}

TEST_F(Outbox, ListsOpenAlertsNewestFirstAndNoResolvedOnes) {
  for (const auto& [occasion, second] : {std::pair("one", 1), {"two", 3}, {"three", 2}}) {
    alert::Alert alert = sample_alert(occasion);
    alert.raised_at = IngestTime(std::chrono::seconds(second));
    raise(alert);
  }

  EXPECT_EQ(AlertTable(context()).resolve({sample_alert("three")}), std::size_t{1});
  EXPECT_EQ(AlertTable(context()).resolve({sample_alert("three"), sample_alert("never raised")}),
            std::size_t{0});

  std::vector<std::string> occasions;
  for (const alert::OpenAlert& open : open_alerts()) occasions.push_back(open.alert.occasion);
  EXPECT_THAT(occasions, ElementsAre("two", "one"));
}

TEST_F(Outbox, SendsEachStateOfAnAlertOnceOldestFirst) {
  raise(sample_alert("one"));
  alert::Alert later = sample_alert("two");
  later.raised_at += Micros(1);
  raise(later);

  EXPECT_EQ(deliver().sent, 2U);
  EXPECT_EQ(deliver().sent, 0U);
  alert::Alert ended = sample_alert("one");
  ended.raised_at += Micros(2);
  ASSERT_TRUE(AlertTable(context()).resolve({ended}));
  EXPECT_EQ(deliver().sent, 1U);

  EXPECT_THAT(sent_, ElementsAre(key("one"), key("two"), key("one") + "-resolved"));
}

TEST_F(Outbox, KeepsWhatANotifierCouldNotTake) {
  raise(sample_alert("one"));
  raise(sample_alert("two"));
  failure_ = Error{ErrorCode::kUnavailable, "host answered 503"};

  const Delivered failed = deliver();
  failure_.reset();
  const Delivered sent = deliver();

  EXPECT_EQ(failed.sent, 0U);
  EXPECT_EQ(failed.waiting, 2U);
  EXPECT_THAT(failed.problems,
              ElementsAre("notifier ops cannot be told: host answered 503; it is tried again "
                          "by the next command"));
  EXPECT_EQ(sent.sent, 2U);
  EXPECT_EQ(sent_.size(), 2U);
}

TEST_F(Outbox, SendsAgainWithTheSameKeyWhereTheRecordWasLost) {
  raise(sample_alert());
  logs_.set_failure(folder_.path / "system" / "notifications", Error{ErrorCode::kUnavailable, "disk full"});
  EXPECT_FALSE(alert::deliver(context(), notifiers_));
  logs_.set_failure(folder_.path / "system" / "notifications", std::nullopt);

  EXPECT_EQ(deliver().sent, 1U);
  EXPECT_EQ(deliver().sent, 0U);
}

TEST_F(Outbox, DropsWhatAReceiverRefusesAndSaysSo) {
  raise(sample_alert());
  failure_ = Error{ErrorCode::kInvalidInput, "host answered 400"};

  const Delivered refused = deliver();
  failure_.reset();

  EXPECT_THAT(refused.problems,
              ElementsAre("notifier ops refused alert " + key("ab12") + ": host answered 400"));
  EXPECT_EQ(deliver().sent, 0U);
}

TEST_F(Outbox, SendsOnlyFromTheNotifiersSeverityOn) {
  alert::Alert mild = sample_alert();
  mild.severity = alert::Severity::kInfo;
  raise(mild);

  EXPECT_EQ(deliver().sent, 0U);
  EXPECT_EQ(open_alerts().size(), 1U);
}

TEST_F(Outbox, StoresAnAlertOnceBesideAnotherWriter) {
  raise(sample_alert("one"));
  logs_.arm_rivals(folder_.path / "system" / "alerts", 2);

  EXPECT_EQ(raise(sample_alert("two")), 1U);
  EXPECT_EQ(open_alerts().size(), 2U);
}

}  // namespace
}  // namespace haul::adapters
