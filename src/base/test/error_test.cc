#include "haul/base/error.h"

#include <gtest/gtest.h>

#include <array>

#include "haul/base/result.h"

namespace haul {
namespace {

constexpr std::array<std::string_view, 3> kWords{"required", "unique", "classification"};

TEST(Nearest, FindsTheWordWithATypo) {
  EXPECT_EQ(nearest("requird", kWords), "required");
  EXPECT_EQ(nearest("uniqe", kWords), "unique");
}

TEST(Nearest, CountsTwoSwappedLettersAsOneEdit) {
  constexpr std::array<std::string_view, 2> kShort{"topic", "table"};

  EXPECT_EQ(nearest("tpoic", kShort), "topic");
  EXPECT_EQ(nearest("tbale", kShort), "table");
}

TEST(Nearest, FindsNothingWhereNothingIsNear) { EXPECT_EQ(nearest("latitude", kWords), ""); }

TEST(ErrorCodes, AreRetryableWhereTheSameCallMaySucceedLater) {
  EXPECT_TRUE(is_retryable(ErrorCode::kConflict));
  EXPECT_TRUE(is_retryable(ErrorCode::kUnavailable));
  EXPECT_FALSE(is_retryable(ErrorCode::kInvalidInput));
  EXPECT_FALSE(is_retryable(ErrorCode::kCorrupt));
}

Result<int> half(int number) {
  if (number % 2 != 0) return fail(ErrorCode::kInvalidInput, "odd");
  return number / 2;
}
Result<int> quarter(int number) {
  HAUL_TRY(once, half(number));
  return half(once);
}
Result<void> check_even(int number) {
  HAUL_TRY_VOID(half(number));
  return {};
}

TEST(Result, HandsTheFirstErrorUp) {
  EXPECT_EQ(quarter(8).value(), 2);
  EXPECT_EQ(quarter(7).error().message, "odd");
  EXPECT_TRUE(check_even(2));
  EXPECT_FALSE(check_even(3));
}

TEST(Result, KeepsTheCodeUnderMoreContext) {
  const Error error = with_context({ErrorCode::kCorrupt, "bad checksum"}, "topic legs");

  EXPECT_EQ(error, (Error{ErrorCode::kCorrupt, "topic legs: bad checksum"}));
}

}  // namespace
}  // namespace haul
