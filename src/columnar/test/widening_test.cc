#include "haul/columnar/widening.h"

#include <arrow/api.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>

namespace haul::columnar {
namespace {

using TypePtr = std::shared_ptr<arrow::DataType>;

const TypePtr kLocal = arrow::timestamp(arrow::TimeUnit::MICRO);
const TypePtr kUtc = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");

ArrayPtr values_of(const TypePtr& type, const std::string& json) {
  return arrow::json::ArrayFromJSONString(type, json).ValueOrDie();
}

struct Case {
  TypePtr narrow;
  std::string values;
  TypePtr wide;
  std::string wider;
};

/// Every widening that the Delta protocol lists, with the values at the ends of the narrow type.
std::vector<Case> cases() {
  const TypePtr list = arrow::list(arrow::int32());
  const TypePtr point =
      arrow::struct_({arrow::field("lat", arrow::float32()),
                      arrow::field("deep", arrow::struct_({arrow::field("n", arrow::int8())}))});
  const TypePtr wide_point =
      arrow::struct_({arrow::field("added", arrow::utf8()),
                      arrow::field("deep", arrow::struct_({arrow::field("n", arrow::int64())})),
                      arrow::field("lat", arrow::float64())});
  return {
      {arrow::int8(), "[-128, null, 127]", arrow::int16(), "[-128, null, 127]"},
      {arrow::int8(), "[-128, null, 127]", arrow::int32(), "[-128, null, 127]"},
      {arrow::int8(), "[-128, null, 127]", arrow::int64(), "[-128, null, 127]"},
      {arrow::int16(), "[-32768, null, 32767]", arrow::int32(), "[-32768, null, 32767]"},
      {arrow::int16(), "[-32768, null, 32767]", arrow::int64(), "[-32768, null, 32767]"},
      {arrow::int32(), "[-2147483648, null]", arrow::int64(), "[-2147483648, null]"},
      {arrow::int8(), "[-128, null, 127]", arrow::float64(), "[-128, null, 127]"},
      {arrow::int16(), "[-32768, null]", arrow::float64(), "[-32768, null]"},
      {arrow::int32(), "[-2147483648, 2147483647]", arrow::float64(), "[-2147483648, 2147483647]"},
      {arrow::float32(), "[0.5, null, -0.25]", arrow::float64(), "[0.5, null, -0.25]"},
      {arrow::int8(), "[-128, null]", arrow::decimal128(3, 0), R"(["-128", null])"},
      {arrow::int16(), "[-32768, null]", arrow::decimal128(7, 2), R"(["-32768.00", null])"},
      {arrow::int32(), "[2147483647, null]", arrow::decimal128(10, 0), R"(["2147483647", null])"},
      {arrow::int64(), "[-9223372036854775808]", arrow::decimal128(20, 0), R"(["-9223372036854775808"])"},
      {arrow::decimal128(4, 2), R"(["-99.99", null])", arrow::decimal128(6, 2), R"(["-99.99", null])"},
      {arrow::decimal128(4, 2), R"(["99.99", null])", arrow::decimal128(38, 20),
       R"(["99.99000000000000000000", null])"},
      {arrow::date32(), "[15706, null, -1]", kLocal, "[1356998400000000, null, -86400000000]"},
      {list, "[[1, null], null, []]", arrow::list(arrow::int64()), "[[1, null], null, []]"},
      {point, R"([{"lat": 0.5, "deep": {"n": 7}}, null, {"lat": null, "deep": null}])", wide_point,
       R"([{"added": null, "deep": {"n": 7}, "lat": 0.5}, null, {"added": null, "deep": null, "lat": null}])"},
      {arrow::list(point), R"([[{"lat": 0.5, "deep": {"n": 7}}], null])", arrow::list(wide_point),
       R"([[{"added": null, "deep": {"n": 7}, "lat": 0.5}], null])"},
  };
}

TEST(Widening, KeepsEveryValueOfEveryTypeThatWidens) {
  for (const Case& each : cases()) {
    const std::string name = each.narrow->ToString() + " to " + each.wide->ToString();
    const ArrayPtr narrow = values_of(each.narrow, each.values);
    const ArrayPtr expected = values_of(each.wide, each.wider);

    const auto wide = widen(narrow, each.wide);
    const auto part = widen(narrow->Slice(1), each.wide);

    EXPECT_TRUE(can_widen(*each.narrow, *each.wide)) << name;
    ASSERT_TRUE(wide && part) << name;
    EXPECT_TRUE((*wide)->ValidateFull().ok()) << name;
    EXPECT_TRUE((*wide)->Equals(*expected)) << name << ": " << (*wide)->ToString();
    EXPECT_TRUE((*part)->Equals(*expected->Slice(1))) << name << ": " << (*part)->ToString();
  }
}

TEST(Widening, HasNoWayBack) {
  for (const Case& each : cases()) {
    EXPECT_FALSE(can_widen(*each.wide, *each.narrow))
        << each.wide->ToString() << " to " << each.narrow->ToString();
  }
}

TEST(Widening, LeavesOutWhatWouldChangeAValueOrItsMeaning) {
  const std::vector<std::pair<TypePtr, TypePtr>> refused = {
      {arrow::int64(), arrow::float64()},
      {arrow::int32(), arrow::float32()},
      {arrow::int32(), arrow::decimal128(9, 0)},
      {arrow::int64(), arrow::decimal128(19, 0)},
      {arrow::decimal128(4, 2), arrow::decimal128(5, 4)},
      {arrow::float64(), arrow::decimal128(38, 10)},
      {arrow::int32(), arrow::utf8()},
      {arrow::date32(), kUtc},
      {kLocal, kUtc},
  };
  for (const auto& [narrow, wide] : refused) {
    EXPECT_FALSE(can_widen(*narrow, *wide)) << narrow->ToString() << " to " << wide->ToString();
  }
}

TEST(Widening, NeedsRoomForNullsWithinAColumn) {
  const auto open = arrow::struct_({arrow::field("n", arrow::int32())});
  const auto closed = arrow::struct_({arrow::field("n", arrow::int64(), false)});
  const auto more =
      arrow::struct_({arrow::field("n", arrow::int32()), arrow::field("m", arrow::int32(), false)});

  EXPECT_FALSE(can_widen(*open, *closed));
  EXPECT_FALSE(can_widen(*open, *more));
}

TEST(Widening, SharesWhatDoesNotChange) {
  const ArrayPtr values = values_of(arrow::utf8(), R"(["a"])");

  EXPECT_EQ(widen(values, arrow::utf8()).value(), values);
}

TEST(Widening, NamesBothTypesWhereAValueDoesNotFit) {
  const auto refused = widen(values_of(arrow::int64(), "[300]"), arrow::int8());

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(refused.error().message.find("int64 as int8"), std::string::npos) << refused.error().message;
}

}  // namespace
}  // namespace haul::columnar
