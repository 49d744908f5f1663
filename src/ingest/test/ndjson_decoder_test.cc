#include <arrow/api.h>
#include <gtest/gtest.h>

#include "haul/base/rng.h"
#include "raw_rows.h"

namespace haul::ingest {
namespace {

const auto kUtc = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");

columnar::Schema scans_schema() {
  const auto point =
      arrow::struct_({arrow::field("lat", arrow::float64()), arrow::field("lon", arrow::float64())});
  return {.columns = {{.name = "id", .type = arrow::utf8(), .presence = columnar::Presence::kRequired},
                      {.name = "ts", .type = kUtc},
                      {.name = "count", .type = arrow::int8()},
                      {.name = "weight", .type = arrow::float64()},
                      {.name = "cost", .type = arrow::decimal128(8, 2)},
                      {.name = "ok", .type = arrow::boolean()},
                      {.name = "driver", .type = arrow::utf8(), .privacy = columnar::Privacy::kPersonal},
                      {.name = "tags", .type = arrow::list(arrow::utf8())},
                      {.name = "at", .type = point}}};
}

std::unique_ptr<Decoder> scans_decoder() {
  auto decoder = Decoder::make({}, scans_schema(), {});
  EXPECT_TRUE(decoder);
  return std::move(*decoder);
}

DecodedBatch scans(const std::vector<std::string>& rows) { return decoded(*scans_decoder(), rows); }

TEST(NdjsonDecoder, ReadsEveryTypeWithKeysInAnyOrder) {
  const auto batch =
      scans({R"({"ok":true,"cost":12.5,"weight":1.5e3,"count":-7,"ts":"2013-01-31T10:00:00Z","id":"S1",)"
             R"("tags":["a",null,"b"],"at":{"lon":2,"lat":1.5}})"});

  ASSERT_EQ(batch.rejected.size(), 0U) << rejections(batch);
  EXPECT_EQ(cell(batch, "id", 0), "S1");
  EXPECT_EQ(cell(batch, "ts", 0), "2013-01-31 10:00:00.000000Z");
  EXPECT_EQ(cell(batch, "count", 0), "-7");
  EXPECT_EQ(cell(batch, "weight", 0), "1500");
  EXPECT_EQ(cell(batch, "cost", 0), "12.50");
  EXPECT_EQ(cell(batch, "ok", 0), "true");
  EXPECT_EQ(batch.rows->GetColumnByName("tags")->ToString(),
            "[\n  [\n    \"a\",\n    null,\n    \"b\"\n  ]\n]");
  EXPECT_EQ(cell(batch, "at", 0), "{lat:double = 1.5, lon:double = 2}");
}

TEST(NdjsonDecoder, MakesMissingKeysAndNullTheSame) {
  const auto batch = scans({R"({"id":"S1","ts":null,"tags":null,"at":null})", R"({"id":"S2"})", R"({})"});

  ASSERT_EQ(batch.rejected.size(), 0U) << rejections(batch);
  for (const auto* name : {"ts", "count", "tags", "at", "ok"}) {
    EXPECT_EQ(cell(batch, name, 0), "null") << name;
    EXPECT_EQ(cell(batch, name, 1), "null") << name;
  }
  EXPECT_EQ(cell(batch, "id", 2), "null");
}

TEST(NdjsonDecoder, RejectsValuesOfAnotherTypeWithTheirColumn) {
  const auto batch =
      scans({R"({"id":"S0","count":128})", R"({"id":"S1","count":"5"})", R"({"id":"S2","count":1.5})",
             R"({"id":3})", R"({"id":"S4","ok":1})", R"({"id":"S5","ts":"yesterday"})",
             R"({"id":"S6","cost":1.234})", R"({"id":"S7","tags":"a"})", R"({"id":"S8","at":[1]})",
             R"({"id":"S9","weight":1e999})", R"({"id":"S10","driver":{"name":"Bob"}})",
             R"({"id":"S11","tags":["a",5]})", R"({"id":"S12"})"});

  EXPECT_EQ(batch.row_of, (std::vector<std::uint32_t>{12}));
  EXPECT_EQ(rejections(batch),
            "0 type.count: column `count`: `128` is not an integer of 8 bits\n"
            "1 type.count: column `count`: `\"5\"` is not an integer of 8 bits\n"
            "2 type.count: column `count`: `1.5` is not an integer of 8 bits\n"
            "3 type.id: column `id`: `3` is not text\n"
            "4 type.ok: column `ok`: `1` is not true or false\n"
            "5 type.ts: column `ts`: `\"yesterday\"` is not a time (RFC 3339)\n"
            "6 type.cost: column `cost`: `1.234` is not a decimal of 8 digits, 2 of them behind the point\n"
            "7 type.tags: column `tags`: `\"a\"` is not an array\n"
            "8 type.at: column `at`: `[` is not an object\n"
            "9 type.weight: column `weight`: `1e999` is not a number\n"
            "10 type.driver: column `driver`: the value is not text\n"
            "11 type.tags: column `tags`: `[` is not an array\n");
}

TEST(NdjsonDecoder, RejectsWhatIsNoJsonObject) {
  const std::vector<std::string> rows = {"",
                                         "   ",
                                         "[1]",
                                         "5",
                                         "{",
                                         "}",
                                         R"({"id":"S1")",
                                         R"({"id":"S1"}})",
                                         R"({"id":"S1"}{"id":"S2"})",
                                         R"({"id" "S1"})",
                                         R"({"id":"S1",})",
                                         R"({'id':'S1'})",
                                         R"({"id":"S1","x":tru})",
                                         R"({"id":"S1","count":01})",
                                         R"({"id":"S1","x":[1,2})",
                                         R"({"id":"S1","id":"S2"})",
                                         "{\"id\":\"a\tb\"}",
                                         "{\"id\":\"\xFF\"}",
                                         R"({"id":"\ud800"})",
                                         std::string("{\"id\":\"a\0b\"}", 12),
                                         R"({"id":nul})",
                                         R"({"id":"S1"} x)"};

  const auto batch = scans(rows);

  EXPECT_TRUE(batch.row_of.empty()) << rows[batch.row_of.empty() ? 0 : batch.row_of[0]];
  for (const RejectedRow& row : batch.rejected)
    EXPECT_EQ(row.rule, "decode.json") << rows[row.row] << row.reason;
}

TEST(NdjsonDecoder, ReadsEscapesWhitespaceAndTextOfAllWidths) {
  const auto batch =
      scans({R"({"id":"a\"b\\c\u00e9\n\ud83d\ude9a"})", " { \"id\" : \"Zürich 🚚\" , \"count\" : 4 } ",
             R"({"i\u0064":"escaped key"})", R"({"id":""})"});

  ASSERT_EQ(batch.rejected.size(), 0U) << rejections(batch);
  EXPECT_EQ(cell(batch, "id", 0), "a\"b\\cé\n🚚");
  EXPECT_EQ(cell(batch, "id", 1), "Zürich 🚚");
  EXPECT_EQ(cell(batch, "id", 2), "escaped key");
  EXPECT_EQ(cell(batch, "id", 3), "");
}

TEST(NdjsonDecoder, CountsUnknownKeysAlsoInsideObjects) {
  const auto batch =
      scans({R"({"id":"S1","x":1,"y":{"z":[1,2]},"at":{"lat":1,"alt":9}})", R"({"id":"S2","x":1})"});

  ASSERT_EQ(batch.rejected.size(), 0U) << rejections(batch);
  EXPECT_EQ(batch.unknown_fields, 4U);
}

TEST(NdjsonDecoder, LeavesNoTraceOfARejectedRowInNestedColumns) {
  const auto batch =
      scans({R"({"id":"S1","tags":["a"],"at":{"lat":1}})", R"({"tags":["b","c"],"at":{"lat":2,"lon":"x"}})",
             R"({"tags":["d",[]],"id":"S3"})", R"({"id":"S4","tags":["e"],"at":{"lon":4}})"});

  EXPECT_EQ(batch.row_of, (std::vector<std::uint32_t>{0, 3}));
  EXPECT_EQ(cell(batch, "at", 1), "{lat:double = null, lon:double = 4}");
  const auto& tags = static_cast<const arrow::ListArray&>(*batch.rows->GetColumnByName("tags"));
  EXPECT_EQ(tags.values()->length(), 2);
}

// The two ways to read a row must not differ: in `together` all but the first rows may follow the predicted
// path, in `alone` each row is the first of its decoder and goes through simdjson.
void expect_same_as_alone(const std::vector<std::string>& rows) {
  const auto together = scans(rows);
  std::size_t kept = 0;
  std::size_t rejected = 0;
  std::uint64_t unknown = 0;
  for (std::uint32_t row = 0; row < rows.size(); ++row) {
    const auto alone = scans({rows[row]});
    unknown += alone.unknown_fields;
    if (alone.row_of.empty()) {
      ASSERT_LT(rejected, together.rejected.size()) << rows[row];
      const RejectedRow& found = together.rejected[rejected++];
      ASSERT_EQ(found.row, row) << rows[row];
      ASSERT_EQ(found.reason, alone.rejected[0].reason) << rows[row];
    } else {
      ASSERT_LT(kept, together.row_of.size()) << rows[row];
      ASSERT_EQ(together.row_of[kept], row) << rows[row];
      const auto slice = together.rows->Slice(static_cast<std::int64_t>(kept++), 1);
      ASSERT_TRUE(
          slice->Equals(*alone.rows, false, arrow::EqualOptions::Defaults().signed_zeros_equal(false)))
          << rows[row] << "\n"
          << slice->ToString() << alone.rows->ToString();
    }
  }
  EXPECT_EQ(together.unknown_fields, unknown);
}

std::string random_value(Rng& rng) {
  static const std::vector<std::string> kValues = {
      "null",
      "true",
      "false",
      "0",
      "-0",
      "-0.0",
      "5",
      "-128",
      "127",
      "128",
      "1.5",
      "12345678901234567",
      "1e5",
      "01",
      "1.",
      "0.1234567890123456",
      "123456789012345",
      "1234567890123456",
      "\"2013-01-31T10:00:00Z\"",
      "\"2013-01-31T10:00:00\"",
      "\"\"",
      "\"plain\"",
      "\"exactly 16 bytes\"",
      "\"Zürich\"",
      "\"a\\nb\"",
      "\"\\u00e9\"",
      "\"\xC3\"",
      "[\"a\"]",
      "[]",
      "{\"lat\":1}",
      "{}",
      "tru",
      "nulll",
      "\"open",
      "\"a long text that spans more than two blocks of bytes\""};
  return kValues[below(rng, kValues.size())];
}

std::string random_row(Rng& rng) {
  static const std::vector<std::string> kKeys = {"id", "ts",     "count", "weight", "cost",
                                                 "ok", "driver", "x",     "tags"};
  std::string row = "{";
  std::size_t key = 0;
  for (auto fields = below(rng, 8); fields > 0; --fields) {
    key = below(rng, 8) == 0 ? below(rng, kKeys.size()) : (key + 1) % kKeys.size();
    if (row.size() > 1) row += below(rng, 40) == 0 ? ", " : ",";
    row += "\"" + kKeys[key] + "\":" + (below(rng, 40) == 0 ? " " : "");
    row += below(rng, 3) == 0 ? random_value(rng) : (key == 1 ? "\"2013-01-31T10:00:00Z\"" : "5");
  }
  row += below(rng, 60) == 0 ? "" : "}";
  if (below(rng, 30) == 0 && !row.empty()) row[below(rng, row.size())] = static_cast<char>(below(rng, 256));
  return row;
}

TEST(NdjsonDecoder, ReadsARowTheSameWhateverCameBefore) {
  constexpr std::uint64_t kSeed = 20261123;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  SeededRng rng(kSeed);

  for (int round = 0; round < 40; ++round) {
    std::vector<std::string> rows;
    for (int row = 0; row < 50; ++row) rows.push_back(random_row(rng));
    expect_same_as_alone(rows);
    if (HasFatalFailure()) return;
  }
}

TEST(NdjsonDecoder, DoesNotReadOnIntoTheNextRow) {
  // Each row is cut where the next one's bytes would complete it.
  expect_same_as_alone({R"({"id":"S1","count":1})", R"({"id":"S1","count":1})", R"({"id":"S1","count":1)",
                        R"(2})", R"({"id":"S1","count":)", R"(3})", R"({"id":"S1)", R"(","count":1})",
                        R"({"id":"S1","count":1)", "}", R"({"id":"S1","count":1})"});
}

TEST(NdjsonDecoder, StaysInsideTheBatchWhereRowsContinueACutOne) {
  // The first row teaches the path; the second is cut, and the rows behind it go on along the path to the
  // last byte.
  const std::string count = R"(,                    "count":1)";
  const std::string weight = R"(,                    "weight":1.5)";
  const std::string ok = R"(,                    "ok":true)";
  expect_same_as_alone({R"({"id":"a")" + count + weight + ok + "}", R"({"id":"a")", count, weight, ok});
}

}  // namespace
}  // namespace haul::ingest
