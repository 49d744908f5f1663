#include "interval_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_table.h"

namespace haul::batch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Day day(std::string_view text) { return parse_day(text).value(); }

/// A pinned dataset; each file is {name, first day, last day}.
struct File {
  std::string name;
  std::string first;
  std::string last;
};

PinnedDataset dataset(std::string name, const std::vector<File>& files) {
  PinnedDataset out;
  out.name = std::move(name);
  out.event_time = "at";
  for (const File& file : files) {
    out.snapshot.files.emplace_back().path = file.name;
    out.identities.push_back(std::hash<std::string>{}(file.name));
    out.spans.emplace_back(DaySpan{day(file.first), day(file.last)});
  }
  return out;
}

PinnedDataset reference(std::string name, const std::vector<std::string>& files) {
  PinnedDataset out;
  out.name = std::move(name);
  for (const std::string& file : files) {
    out.snapshot.files.emplace_back().path = file;
    out.identities.push_back(std::hash<std::string>{}(file));
  }
  return out;
}

Node daily(int lookback = 0, int lookahead = 0) {
  Node node;
  node.model.name = "gold.a";
  node.model.kind = ModelKind::kIncrementalByTimeRange;
  node.model.time_column = "day";
  node.model.lookback_days = lookback;
  node.model.lookahead_days = lookahead;
  return node;
}

class IntervalMemory : public testing::Test {
 protected:
  WorkPlan plan(const Node& node, const std::vector<PinnedDataset>& inputs, const DayLimits& limits = {}) {
    auto out = plan_work(node, inputs, output_ ? &*output_ : nullptr, &table_, limits);
    EXPECT_TRUE(out) << out.error().message;
    return out ? *out : WorkPlan();
  }

  /// As a commit of the plan's work would.
  void store(const WorkPlan& plan) {
    for (const Day day : plan.work) table_.stored[plan.days.at(day).app_id] = plan.days.at(day).wanted;
    if (plan.whole) table_.stored[plan.whole->app_id] = plan.whole->wanted;
  }

  FakeTable table_;
  std::optional<PinnedDataset> output_;
};

TEST_F(IntervalMemory, HasEveryDayOfTheInputMissingAtFirst) {
  const auto work = plan(daily(), {dataset("silver.a", {{"f", "2013-01-30", "2013-02-02"}})});

  EXPECT_EQ(work.missing, 4U);
  EXPECT_THAT(to_ranges(work.work), ElementsAre(DayRange{day("2013-01-30"), day("2013-02-03")}));
  EXPECT_EQ(work.days.begin()->second.app_id, "batch/gold.a/2013-01-30");
}

TEST_F(IntervalMemory, HasNothingToDoASecondTime) {
  const std::vector inputs = {dataset("silver.a", {{"f", "2013-01-01", "2013-01-03"}})};
  store(plan(daily(), inputs));

  const auto again = plan(daily(), inputs);

  EXPECT_TRUE(again.nothing_to_do());
  EXPECT_EQ(again.done, 3U);
  EXPECT_THAT(again.work, IsEmpty());
}

TEST_F(IntervalMemory, FindsTheDaysDirtyThatANewInputFileOverlaps) {
  store(plan(daily(), {dataset("silver.a", {{"f", "2013-01-01", "2013-01-09"}})}));

  const auto late =
      plan(daily(),
           {dataset("silver.a", {{"f", "2013-01-01", "2013-01-09"}, {"late", "2013-01-04", "2013-01-05"}})});

  EXPECT_EQ(late.dirty, 2U);
  EXPECT_EQ(late.missing, 0U);
  EXPECT_THAT(late.work, ElementsAre(day("2013-01-04"), day("2013-01-05")));
}

TEST_F(IntervalMemory, WidensALateFileByLookbackAndLookahead) {
  const Node node = daily(2, 1);
  store(plan(node, {dataset("silver.a", {{"f", "2013-01-01", "2013-01-09"}})}));

  const auto late = plan(
      node, {dataset("silver.a", {{"f", "2013-01-01", "2013-01-09"}, {"late", "2013-01-04", "2013-01-04"}})});

  EXPECT_THAT(to_ranges(late.work), ElementsAre(DayRange{day("2013-01-03"), day("2013-01-07")}));
}

TEST_F(IntervalMemory, LooksForRowsAsFarAsLookbackAndLookaheadCarryThem) {
  const auto work = plan(daily(2, 1), {dataset("silver.a", {{"f", "2013-01-05", "2013-01-05"}})});

  EXPECT_THAT(to_ranges(work.work), ElementsAre(DayRange{day("2013-01-04"), day("2013-01-08")}));
}

TEST_F(IntervalMemory, FindsEveryDayDirtyWhenReferenceDataChanges) {
  const auto timed = dataset("silver.a", {{"f", "2013-01-01", "2013-01-03"}});
  store(plan(daily(), {timed, reference("silver.sites", {"s1"})}));

  EXPECT_EQ(plan(daily(), {timed, reference("silver.sites", {"s2"})}).dirty, 3U);
}

TEST_F(IntervalMemory, FindsADayDirtyWhoseInputFileIsGone) {
  store(plan(daily(),
             {dataset("silver.a", {{"f", "2013-01-01", "2013-01-02"}, {"g", "2013-01-02", "2013-01-02"}})}));

  EXPECT_THAT(plan(daily(), {dataset("silver.a", {{"f", "2013-01-01", "2013-01-02"}})}).work,
              ElementsAre(day("2013-01-02")));
}

TEST_F(IntervalMemory, EmptiesADayOfTheOutputThatNoInputReachesAnyMore) {
  output_ = dataset("gold.a", {{"old", "2013-01-09", "2013-01-09"}});

  const auto work = plan(daily(), {dataset("silver.a", {{"f", "2013-01-08", "2013-01-08"}})});

  EXPECT_THAT(work.work, ElementsAre(day("2013-01-08"), day("2013-01-09")));
  EXPECT_THAT(work.replaces, ElementsAre("old"));
}

TEST_F(IntervalMemory, FindsEveryDayDirtyForAnotherVersionOfTheModelAndAfterARollback) {
  const std::vector inputs = {dataset("silver.a", {{"f", "2013-01-01", "2013-01-02"}})};
  store(plan(daily(), inputs));

  Node changed = daily();
  changed.version = 7;
  EXPECT_EQ(plan(changed, inputs).dirty, 2U);

  output_ = dataset("gold.a", {});
  output_->snapshot.domains[kRestoreEpochDomain] = "1";
  EXPECT_EQ(plan(daily(), inputs).dirty, 2U);
}

TEST_F(IntervalMemory, DoesOnlyTheDaysAskedFor) {
  const auto work = plan(daily(), {dataset("silver.a", {{"f", "2013-01-01", "2013-01-09"}})},
                         {.from = day("2013-01-03"), .to = day("2013-01-05")});

  EXPECT_THAT(work.work, ElementsAre(day("2013-01-03"), day("2013-01-04")));
  EXPECT_EQ(work.missing, 2U);
}

TEST_F(IntervalMemory, ReplacesFilesWholeAndTakesTheirOtherDaysAlong) {
  output_ = dataset("gold.a", {{"january", "2013-01-01", "2013-01-31"},
                               {"bridge", "2013-01-31", "2013-02-01"},
                               {"march", "2013-03-01", "2013-03-31"}});
  const std::vector inputs = {dataset("silver.a", {{"f", "2013-01-01", "2013-03-31"}})};

  const auto work = plan(daily(), inputs, {.from = day("2013-01-15"), .to = day("2013-01-16")});

  EXPECT_THAT(work.replaces, ElementsAre("january", "bridge"));
  EXPECT_THAT(to_ranges(work.work), ElementsAre(DayRange{day("2013-01-01"), day("2013-02-02")}));
  EXPECT_EQ(work.missing, 1U);
}

TEST_F(IntervalMemory, RefusesInputsWhoseTimesCannotBeMeant) {
  const auto work =
      plan_work(daily(), {dataset("silver.a", {{"f", "1900-01-01", "2013-01-01"}})}, nullptr, &table_, {});

  ASSERT_FALSE(work);
  EXPECT_THAT(work.error().message, HasSubstr("from 1900-01-01 to 2013-01-01"));
}

TEST_F(IntervalMemory, ComputesAFullModelWhenAnyInputChanged) {
  Node node = daily();
  node.model.kind = ModelKind::kFull;
  const auto first = plan(node, {reference("silver.sites", {"s1"})});
  EXPECT_EQ(first.missing, 1U);
  store(first);
  output_ = reference("gold.a", {"old"});

  EXPECT_TRUE(plan(node, {reference("silver.sites", {"s1"})}).nothing_to_do());
  const auto changed = plan(node, {reference("silver.sites", {"s1", "s2"})});
  EXPECT_EQ(changed.dirty, 1U);
  EXPECT_THAT(changed.replaces, ElementsAre("old"));
}

}  // namespace
}  // namespace haul::batch
