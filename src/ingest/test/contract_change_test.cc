// What a decoder does with rows of a producer that knows an older or a newer version of the contract.
#include <arrow/api.h>
#include <gtest/gtest.h>

#include "raw_rows.h"

namespace haul::ingest {
namespace {

contract::Object parcels() {
  contract::Object object;
  object.name = "parcels";
  object.schema.columns = {{.name = "id", .type = arrow::utf8(), .presence = columnar::Presence::kRequired},
                           {.name = "weight", .type = arrow::int32()},
                           {.name = "unit", .type = arrow::utf8(), .presence = columnar::Presence::kRequired},
                           {.name = "since", .type = arrow::date32()}};
  object.defaults = {{"unit", "kg"}, {"since", "2026-01-31"}};
  return object;
}

std::unique_ptr<Decoder> decoder_of(Format format, std::string_view header = {}) {
  auto decoder = Decoder::make({.format = format}, parcels(), header);
  EXPECT_TRUE(decoder) << decoder.error().message;
  return std::move(*decoder);
}

/// "row: json", a line each.
std::string extras(const DecodedBatch& batch) {
  std::string text;
  for (std::size_t i = 0; i < batch.extra.row.size(); ++i) {
    text += std::to_string(batch.extra.row[i]) + ": " + std::string(batch.extra.text(i)) + "\n";
  }
  return text;
}

TEST(ContractChange, GivesMissingJsonKeysTheirDefaultAndLeavesNullsAlone) {
  const auto batch = decoded(*decoder_of(Format::kNdjson),
                             {R"({"id":"a"})", R"({"id":"b","unit":null,"since":"2013-01-01"})"});

  EXPECT_EQ(cell(batch, "unit", 0), "kg");
  EXPECT_EQ(cell(batch, "since", 0), "2026-01-31");
  EXPECT_EQ(cell(batch, "weight", 0), "null");
  EXPECT_EQ(cell(batch, "unit", 1), "null");
  EXPECT_EQ(cell(batch, "since", 1), "2013-01-01");
}

TEST(ContractChange, GivesColumnsThatACsvHeaderLacksTheirDefault) {
  const auto batch = decoded(*decoder_of(Format::kCsv, "id,since"), {"a,", "b,2013-01-01"});

  EXPECT_EQ(cell(batch, "unit", 0), "kg");
  EXPECT_EQ(cell(batch, "since", 0), "null");
  EXPECT_EQ(cell(batch, "since", 1), "2013-01-01");
}

TEST(ContractChange, RefusesADefaultThatIsNoValueOfItsColumn) {
  contract::Object object = parcels();
  object.defaults["weight"] = "heavy";

  const auto decoder = Decoder::make({}, object, {});

  ASSERT_FALSE(decoder);
  EXPECT_NE(decoder.error().message.find("`weight`"), std::string::npos) << decoder.error().message;
}

TEST(ContractChange, KeepsUnknownJsonFieldsAsTheyWereWritten) {
  const std::vector<std::string> rows{
      R"({"id":"a","colour":"r\u00e9d","size":{"h": 1, "w":[2,3] } ,"n":1.50})",
      R"({"id":"b","weight":7})",
      R"({"id":"c","hazard":true})",
  };

  const auto batch = decoded(*decoder_of(Format::kNdjson), rows);

  EXPECT_EQ(extras(batch),
            "0: {\"colour\":\"r\\u00e9d\",\"size\":{\"h\": 1, \"w\":[2,3] },\"n\":1.50}\n"
            "2: {\"hazard\":true}\n");
  EXPECT_EQ(batch.new_unknown_names, (std::vector<std::string>{"colour", "size", "n", "hazard"}));
}

TEST(ContractChange, KeepsTheSameJsonFieldsAlongThePredictedPath) {
  const auto decoder = decoder_of(Format::kNdjson);
  const std::string row = R"({"id":"a","colour":"red","n":-1.5,"weight":7,"flag":null})";

  const auto batch = decoded(*decoder, std::vector<std::string>(50, row));

  ASSERT_EQ(batch.extra.row.size(), 50U);
  for (std::size_t i = 0; i < 50; ++i) {
    EXPECT_EQ(batch.extra.text(i), R"({"colour":"red","n":-1.5,"flag":null})") << i;
  }
  EXPECT_EQ(batch.new_unknown_names.size(), 3U);
  EXPECT_TRUE(decoded(*decoder, {row}).new_unknown_names.empty());
}

TEST(ContractChange, DropsTheExtraFieldsOfARejectedRowOnly) {
  const auto batch =
      decoded(*decoder_of(Format::kNdjson),
              {R"({"id":"a","x":1})", R"({"id":"b","x":2,"weight":"no"})", R"({"id":"c","x":3})"});

  EXPECT_EQ(extras(batch), "0: {\"x\":1}\n2: {\"x\":3}\n");
}

TEST(ContractChange, KeepsUnknownCsvColumnsAsText) {
  const auto batch = decoded(*decoder_of(Format::kCsv, "id,\"co\"\"lour\",weight,n"),
                             {"a,\"r\"\"ed\",1,", "b,,2,", "c,blue,x,5", "d,,4,007"});

  EXPECT_EQ(extras(batch), "0: {\"co\\\"lour\":\"r\\\"ed\"}\n3: {\"n\":\"007\"}\n");
  EXPECT_EQ(batch.new_unknown_names, (std::vector<std::string>{"co\"lour", "n"}));
}

TEST(ContractChange, RejectsAValueThatIsTooWideAndCastsNone) {
  const auto batch = decoded(*decoder_of(Format::kNdjson),
                             {R"({"id":"a","weight":2147483648})", R"({"id":"b","weight":1.5})",
                              R"({"id":"c","weight":2147483647})"});

  EXPECT_EQ(batch.rejected.size(), 2U) << rejections(batch);
  EXPECT_EQ(cell(batch, "weight", 0), "2147483647");
}

}  // namespace
}  // namespace haul::ingest
