#include "ordered_pipeline.h"

#include <gtest/gtest.h>

#include <atomic>

namespace haul::inspection {
namespace {

/// Counts to `items`, each squared on some thread.
struct Squares {
  int items = 0;
  int produced = 0;
  std::atomic<int> alive{0};
  std::atomic<int> alive_most{0};
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
    steps.consume = [this](int item) -> Result<void> {
      --alive;
      consumed.push_back(item);
      return {};
    };
    return OrderedPipeline<int>(std::move(steps), threads).run();
  }
};

TEST(OrderedPipeline, ConsumesInTheOrderOfProductionOnAnyNumberOfThreads) {
  std::vector<int> expected;
  for (int i = 0; i < 500; ++i) expected.push_back(i * i);
  for (const std::size_t threads : {1U, 2U, 3U, 8U}) {
    Squares squares{.items = 500};

    ASSERT_TRUE(squares.run(threads));

    EXPECT_EQ(squares.consumed, expected) << threads << " threads";
    EXPECT_LE(squares.alive_most, static_cast<int>(2 * threads));
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

TEST(OrderedPipeline, PassesOnAFailureToProduce) {
  OrderedSteps<int> steps;
  steps.produce = []() -> Result<std::optional<int>> { return fail(ErrorCode::kUnavailable, "no disk"); };
  steps.work = [](std::size_t, int&) -> Result<void> { return {}; };
  steps.consume = [](int) -> Result<void> { return {}; };

  const auto done = OrderedPipeline<int>(std::move(steps), 2).run();

  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "no disk");
}

}  // namespace
}  // namespace haul::inspection
