#include "schema_json.h"

#include <arrow/type.h>
#include <gmock/gmock.h>

namespace haul::adapters {
namespace {

using columnar::Presence;
using columnar::Privacy;
using ::testing::HasSubstr;

Result<columnar::Schema> parsed(const std::string& json) {
  simdjson::dom::parser parser;
  return parse_schema(parser.parse(json).value());
}

TEST(SchemaJson, WritesDeltasForm) {
  const columnar::Schema schema{{{"leg\"id", arrow::utf8(), Presence::kRequired, Privacy::kPersonal},
                                 {"cost", arrow::decimal128(18, 2)}}};

  EXPECT_EQ(schema_json(schema),
            R"json({"type":"struct","fields":[{"name":"leg\"id","type":"string","nullable":false,)json"
            R"json("metadata":{"haul.privacy":"personal"}},{"name":"cost","type":"decimal(18,2)",)json"
            R"json("nullable":true,"metadata":{}}]})json");
}

TEST(SchemaJson, ReadsBackEveryType) {
  columnar::Schema schema;
  for (const auto& type :
       {arrow::boolean(), arrow::int8(), arrow::int16(), arrow::int32(), arrow::int64(), arrow::float32(),
        arrow::float64(), arrow::utf8(), arrow::binary(), arrow::date32(),
        arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), arrow::timestamp(arrow::TimeUnit::MICRO),
        arrow::decimal128(38, 10), arrow::list(arrow::struct_({arrow::field("a", arrow::int64(), false)}))}) {
    schema.columns.push_back({"c" + std::to_string(schema.columns.size()), type});
  }

  const auto back = parsed(schema_json(schema));

  ASSERT_TRUE(back) << back.error().message;
  for (std::size_t at = 0; at < schema.columns.size(); ++at) {
    EXPECT_TRUE(back->columns[at].type->Equals(*schema.columns[at].type))
        << schema.columns[at].type->ToString();
  }
}

TEST(SchemaJson, NamesTheColumnOfATypeThatIsNotOurs) {
  const auto map =
      parsed(R"({"type":"struct","fields":[{"name":"tags","type":{"type":"map","keyType":"string",)"
             R"("valueType":"string","valueContainsNull":true},"nullable":true,"metadata":{}}]})");

  ASSERT_FALSE(map);
  EXPECT_EQ(map.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(map.error().message, HasSubstr("tags"));
}

}  // namespace
}  // namespace haul::adapters
