#include "haul/ingest/key_reader.h"

#include <gtest/gtest.h>

#include "haul/base/hash.h"
#include "haul/base/rng.h"
#include "raw_rows.h"

namespace haul::ingest {
namespace {

using Hashes = std::vector<std::uint64_t>;

Hashes hashes_of(KeyReader& reader, const std::vector<std::string>& rows) {
  const TestRows raw(rows);
  Hashes hashes;
  reader.hashes(raw.view(), hashes);
  return hashes;
}

Hashes json_hashes(const std::vector<std::string>& key, const std::vector<std::string>& rows) {
  return hashes_of(**KeyReader::make({}, {}, key), rows);
}

Hashes csv_hashes(std::string_view header, const std::vector<std::string>& key,
                  const std::vector<std::string>& rows, CsvOptions options = {}) {
  const auto reader = KeyReader::make({.format = Format::kCsv, .csv = std::move(options)}, header, key);
  EXPECT_TRUE(reader);
  return hashes_of(**reader, rows);
}

std::uint64_t key_of(const std::vector<std::string>& fields) {
  std::string bytes;
  for (const std::string& field : fields) {
    bytes += std::string{static_cast<char>(field.size()), 0, 0, 0} + field;
  }
  return hash64(bytes);
}

const std::uint64_t kNoKey = hash64({});

TEST(KeyReader, HashesTheFieldsEachBehindItsLength) {
  EXPECT_EQ(json_hashes({"a", "b"}, {R"({"b":"y","c":[1],"a":"x"})"}), (Hashes{key_of({"x", "y"})}));
  EXPECT_EQ(csv_hashes("b,c,a", {"a", "b"}, {"y,,x"}), (Hashes{key_of({"x", "y"})}));
}

TEST(KeyReader, GivesTheSameKeyForCsvAndJson) {
  EXPECT_EQ(json_hashes({"a"}, {R"({"a":"Zürich"})", R"({"a":"a\"b"})", R"({"a":15})", R"({"a":true})"}),
            csv_hashes("a", {"a"}, {"Z\xFCrich", "\"a\"\"b\"", "15", "true"}, {.encoding = "latin-1"}));
}

TEST(KeyReader, GivesTheEmptyKeyWhereAFieldCannotBeRead) {
  const Hashes none(7, kNoKey);

  EXPECT_EQ(
      json_hashes({"a"}, {"{", "[]", R"({"b":1})", R"({"a":null})", R"({"a":[1]})", R"({"a":1,"a":2})", ""}),
      none);
  EXPECT_EQ(
      csv_hashes("a,b", {"a"}, {"", "1", "1,2,3", "\"1,2", ",2", "\"\"x,1", "NA,1"}, {.null_text = "NA"}),
      none);
}

TEST(KeyReader, TellsShiftedFieldsApart) {
  const auto hashes = json_hashes({"a", "b"}, {R"({"a":"xy","b":"z"})", R"({"a":"x","b":"yz"})"});

  EXPECT_NE(hashes[0], hashes[1]);
}

TEST(KeyReader, RefusesAKeyColumnThatTheHeaderLacks) {
  const auto reader = KeyReader::make({.format = Format::kCsv}, "a,b", {"c"});

  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(reader.error().message.find("`c`"), std::string::npos);
}

TEST(KeyReader, GivesARowTheSameKeyWhateverCameBefore) {
  constexpr std::uint64_t kSeed = 4711;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  SeededRng rng(kSeed);
  const std::vector<std::string> values = {"1",          "\"x\"", "null", "\"a\\nb\"", "[1]",
                                           "\"Zürich\"", "-0.5",  "tru",  "01"};
  std::vector<std::string> rows;
  for (int row = 0; row < 3'000; ++row) {
    std::string text = "{";
    for (const auto* name : {"seq", "vehicle", "ts", "vehicle"}) {
      if (below(rng, 3) == 0) continue;
      text += (text.size() > 1 ? ",\"" : "\"") + std::string(name) + "\":";
      text += below(rng, 4) == 0 ? values[below(rng, values.size())]
                                 : "\"v" + std::to_string(below(rng, 9)) + "\"";
    }
    text += "}";
    if (below(rng, 20) == 0) text[below(rng, text.size())] = static_cast<char>(below(rng, 256));
    if (below(rng, 20) == 0) text += "}";
    rows.push_back(text);
  }

  const auto together = json_hashes({"vehicle"}, rows);

  for (std::size_t row = 0; row < rows.size(); ++row) {
    ASSERT_EQ(together[row], json_hashes({"vehicle"}, {rows[row]})[0]) << rows[row];
  }
}

}  // namespace
}  // namespace haul::ingest
