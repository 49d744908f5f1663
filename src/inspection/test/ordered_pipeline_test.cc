#include "ordered_pipeline.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <future>

namespace haul::inspection {
namespace {

/// Counts to `items`, each squared on some thread and then made one more.
struct Squares {
  int items = 0;
  int produced = 0;
  std::atomic<int> alive{0};
  std::atomic<int> alive_most{0};
  int judged = 0;
  std::vector<int> consumed = {};

  Result<void> run(std::size_t threads, const std::function<Result<void>(int)>& fault = {}) {
    OrderedSteps<int> steps;
    steps.produce = [this]() -> Result<std::optional<int>> {
      if (produced == items) return std::optional<int>();
      alive_most = std::max(alive_most.load(), ++alive);
      return std::optional(produced++);
    };
    steps.work = [&fault](std::size_t, int& item) -> Result<void> {
      if (fault) HAUL_TRY_VOID(fault(item));
      item *= item;
      return {};
    };
    steps.judge = [this](int& item) -> Result<void> {
      item += judged++ == static_cast<int>(std::lround(std::sqrt(item))) ? 1 : 0;
      return {};
    };
    steps.consume = [this](int item) -> Result<void> {
      --alive;
      consumed.push_back(item);
      return {};
    };
    return OrderedPipeline<int>(std::move(steps), threads).run();
  }
};

TEST(OrderedPipeline, JudgesAndConsumesInTheOrderOfProductionOnAnyNumberOfThreads) {
  std::vector<int> expected;
  for (int i = 0; i < 500; ++i) expected.push_back(i * i + 1);
  for (const std::size_t threads : {1U, 2U, 3U, 8U}) {
    Squares squares{.items = 500};

    ASSERT_TRUE(squares.run(threads));

    EXPECT_EQ(squares.consumed, expected) << threads << " threads";
    EXPECT_LE(squares.alive_most, static_cast<int>(3 * threads));
  }
}

TEST(OrderedPipeline, EndsWithoutItems) {
  Squares squares{.items = 0};

  EXPECT_TRUE(squares.run(3));
}

TEST(OrderedPipeline, EndsWithTheFirstFailure) {
  for (const std::size_t threads : {1U, 4U}) {
    Squares squares{.items = 1000};

    const auto done = squares.run(threads, [](int item) -> Result<void> {
      return item < 100 ? Result<void>() : fail(ErrorCode::kCorrupt, "one hundred");
    });

    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().message, "one hundred");
    EXPECT_LT(squares.produced, 120);
    EXPECT_LE(squares.consumed.size(), 100U);
  }
}

TEST(OrderedPipeline, JudgesLaterItemsWhileOneIsConsumed) {
  std::promise<void> second_is_judged;
  OrderedSteps<int> steps;
  int produced = 0;
  steps.produce = [&produced]() -> Result<std::optional<int>> {
    return produced == 2 ? std::optional<int>() : std::optional(produced++);
  };
  steps.work = [](std::size_t, int&) -> Result<void> { return {}; };
  steps.judge = [&](int& item) -> Result<void> {
    if (item == 1) second_is_judged.set_value();
    return {};
  };
  steps.consume = [future = second_is_judged.get_future().share()](int item) -> Result<void> {
    const bool in_time = item == 1 || future.wait_for(std::chrono::seconds(10)) == std::future_status::ready;
    return in_time ? Result<void>() : fail(ErrorCode::kUnavailable, "the second item waited for the first");
  };

  const auto done = OrderedPipeline<int>(std::move(steps), 2).run();

  EXPECT_TRUE(done);
}

TEST(OrderedPipeline, PassesOnAFailureToProduce) {
  OrderedSteps<int> steps;
  steps.produce = []() -> Result<std::optional<int>> { return fail(ErrorCode::kUnavailable, "no disk"); };
  steps.work = [](std::size_t, int&) -> Result<void> { return {}; };
  steps.judge = [](int&) -> Result<void> { return {}; };
  steps.consume = [](int) -> Result<void> { return {}; };

  const auto done = OrderedPipeline<int>(std::move(steps), 2).run();

  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "no disk");
}

}  // namespace
}  // namespace haul::inspection
