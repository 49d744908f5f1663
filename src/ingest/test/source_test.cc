#include "haul/ingest/source.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>

namespace haul::ingest {
namespace {

constexpr std::string_view kLegs = R"(source: legs
contract: legs
deliver: topic
from: {kind: files, path: flights.csv, format: csv, csv: {null_text: NA, delimiter: ";"}}
key: [carrier, flight]
partitions: 8
retention: {age: 2d, bytes: 1GB}
event_time: time_hour
)";

TEST(ParseSource, ReadsEveryClause) {
  const auto source = parse_source(kLegs, "sources/legs.yaml");

  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ(source->name, "legs");
  EXPECT_EQ(source->delivery, Delivery::kTopic);
  EXPECT_EQ(source->format.format, Format::kCsv);
  EXPECT_EQ(source->format.csv.null_text, "NA");
  EXPECT_EQ(source->format.csv.delimiter, ';');
  EXPECT_EQ(source->key, (std::vector<std::string>{"carrier", "flight"}));
  EXPECT_EQ(source->partitions, 8U);
  EXPECT_EQ(source->retention_age, std::chrono::days{2});
  EXPECT_EQ(source->retention_bytes, 1'000'000'000U);
}

TEST(ParseSource, TakesRowsOverHttpInTheFormatItNames) {
  const auto source = parse_source(
      "source: a\ncontract: b\ndeliver: topic\nkey: [k]\n"
      "from: {kind: http, format: csv, csv: {delimiter: ';'}}\n",
      "s.yaml");

  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ(source->format.csv.delimiter, ';');
}

TEST(ParseSource, NamesFileLineAndRemedyOfEachMistake) {
  const std::array<std::pair<std::string_view, std::string_view>, 9> cases{{
      {"source: a\ncontract: b\ndeliver: topic\nfrom: {kind: files}\n", "needs `key`"},
      {"source: a\ncontract: b\ndeliver: table\nfrom: {kind: files}\nkey: [x]\n", "5:"},
      {"source: a\ncontract: b\ndeliver: queue\nfrom: {kind: files}\n", "topic, table"},
      {"source: a\ncontract: b\ndeliver: table\nfrom: {kind: carrier_pigeon}\n", "files, stdin"},
      {"source: a\ncontract: b\ndeliver: table\nfrom: {kind: files, csv: {quote: x}}\n", "format: csv"},
      {"source: a\ncontract: b\ndeliver: table\nfrom: {kind: http, path: x.csv}\n", "path"},
      {"source: a\ncontract: b\ndeliver: table\nfrom: {kind: files, format: csv, csv: {quote: xy}}\n",
       "one ASCII"},
      {"source: a\ncontract: b\ndeliver: table\nform: {kind: files}\n", "from"},
      {"source: a\ncontract: b\ndeliver: table\nfrom: {kind: files, timestamp_offset: CET}\n", "+02:00"},
  }};
  for (const auto& [yaml, expected] : cases) {
    const auto source = parse_source(yaml, "s.yaml");

    ASSERT_FALSE(source) << yaml;
    EXPECT_EQ(source.error().code, ErrorCode::kInvalidInput);
    EXPECT_TRUE(source.error().message.starts_with("s.yaml:")) << source.error().message;
    EXPECT_NE(source.error().message.find(expected), std::string::npos) << source.error().message;
  }
}

}  // namespace
}  // namespace haul::ingest
