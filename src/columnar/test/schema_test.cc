#include "haul/columnar/schema.h"

#include <arrow/type.h>
#include <gtest/gtest.h>

namespace haul::columnar {
namespace {

Schema one_of_everything() {
  const auto point =
      arrow::struct_({arrow::field("lat", arrow::float64()), arrow::field("lon", arrow::float64())});
  return {.columns = {
              {.name = "event_id", .type = arrow::utf8(), .presence = Presence::kRequired},
              {.name = "ts",
               .type = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"),
               .presence = Presence::kRequired},
              {.name = "local_ts", .type = arrow::timestamp(arrow::TimeUnit::MICRO)},
              {.name = "driver", .type = arrow::utf8(), .privacy = Privacy::kPersonal},
              {.name = "day", .type = arrow::date32()},
              {.name = "cost", .type = arrow::decimal128(12, 2)},
              {.name = "small", .type = arrow::int8()},
              {.name = "ratio", .type = arrow::float32()},
              {.name = "ignition", .type = arrow::boolean()},
              {.name = "raw", .type = arrow::binary()},
              {.name = "path", .type = arrow::list(point)},
          }};
}

TEST(Schema, KeepsEverythingOverTheRoundTripThroughArrow) {
  const Schema schema = one_of_everything();

  const auto back = from_arrow(*to_arrow(schema));

  ASSERT_TRUE(back);
  ASSERT_EQ(back->columns.size(), schema.columns.size());
  for (std::size_t index = 0; index < schema.columns.size(); ++index) {
    const Column& before = schema.columns[index];
    const Column& after = back->columns[index];
    EXPECT_EQ(after.name, before.name);
    EXPECT_TRUE(after.type->Equals(*before.type)) << before.name;
    EXPECT_EQ(after.presence, before.presence) << before.name;
    EXPECT_EQ(after.privacy, before.privacy) << before.name;
  }
}

TEST(Schema, MakesRequiredColumnsNotNullableInArrow) {
  const auto arrow_schema = to_arrow(one_of_everything());

  EXPECT_FALSE(arrow_schema->GetFieldByName("event_id")->nullable());
  EXPECT_TRUE(arrow_schema->GetFieldByName("day")->nullable());
}

TEST(Schema, RefusesTypesThatADatasetCannotHoldAndNamesTheColumn) {
  const std::vector<std::shared_ptr<arrow::DataType>> refused = {
      arrow::uint32(),
      arrow::large_utf8(),
      arrow::timestamp(arrow::TimeUnit::MILLI, "UTC"),
      arrow::timestamp(arrow::TimeUnit::MICRO, "Europe/Berlin"),
      arrow::list(arrow::uint8()),
      arrow::struct_({arrow::field("x", arrow::time64(arrow::TimeUnit::MICRO))})};

  for (const auto& type : refused) {
    const auto schema = from_arrow(*arrow::schema({arrow::field("load", type)}));

    ASSERT_FALSE(schema) << type->ToString();
    EXPECT_EQ(schema.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(schema.error().message.find("`load`"), std::string::npos) << schema.error().message;
  }
}

TEST(Schema, RefusesTwoNamesThatDifferOnlyInCase) {
  const auto schema =
      from_arrow(*arrow::schema({arrow::field("Stop", arrow::utf8()), arrow::field("stop", arrow::utf8())}));

  ASSERT_FALSE(schema);
  EXPECT_NE(schema.error().message.find("`stop`"), std::string::npos);
}

TEST(Schema, FindsAColumnByItsExactName) {
  const Schema schema = one_of_everything();

  EXPECT_EQ(schema.find("ts"), 1U);
  EXPECT_EQ(schema.find("TS"), std::nullopt);
}

}  // namespace
}  // namespace haul::columnar
