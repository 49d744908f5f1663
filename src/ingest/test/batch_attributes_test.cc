#include "haul/ingest/batch_attributes.h"

#include <gtest/gtest.h>

#include "haul/base/rng.h"

namespace haul::ingest {
namespace {

BatchAttributes csv_batch() {
  BatchAttributes attributes;
  attributes.format.format = Format::kCsv;
  attributes.format.csv.null_text = "NA";
  attributes.header = "a,\"b\"";
  attributes.file = "flights.csv";
  attributes.lines = {2, 3, 300, 70'000};
  return attributes;
}

TEST(BatchAttributes, KeepTheirBytes) {
  BatchAttributes attributes = csv_batch();
  attributes.lines = {2, 3, 300};

  EXPECT_EQ(encode_attributes(attributes),
            "{\"v\":1,\"format\":\"csv\",\"file\":\"flights.csv\",\"timestamp_offset\":\"UTC\","
            "\"header\":\"a,\\\"b\\\"\",\"delimiter\":\",\",\"quote\":\"\\\"\",\"null_text\":\"NA\","
            "\"encoding\":\"utf-8\"}\n\x02\x01\xA9\x02");
}

TEST(BatchAttributes, ComeBackAsTheyWere) {
  BatchAttributes attributes = csv_batch();
  attributes.reject_reason = "row of 100 MB";

  const auto back = decode_attributes(encode_attributes(attributes));

  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->header, attributes.header);
  EXPECT_EQ(back->file, attributes.file);
  EXPECT_EQ(back->lines, attributes.lines);
  EXPECT_EQ(back->reject_reason, attributes.reject_reason);
  EXPECT_EQ(back->format.csv.null_text, "NA");
  EXPECT_EQ(back->format.csv.quote, '"');
}

TEST(BatchAttributes, StayBelowTheLimitOfTheLogWhenABatchIsFull) {
  BatchAttributes attributes = csv_batch();
  attributes.lines.clear();
  for (std::size_t i = 0; i < kBatchRecordsMax; ++i) attributes.lines.push_back(1'000'000'000 + i * 16'000);

  EXPECT_LT(encode_attributes(attributes).size(), 64U << 10U);
}

TEST(BatchAttributes, AreCorruptRatherThanWrongWhenBytesChange) {
  const std::string good = encode_attributes(csv_batch());
  SeededRng rng(11);
  for (int i = 0; i < 2'000; ++i) {
    std::string bad = good.substr(0, below(rng, good.size() + 1));
    if (!bad.empty()) bad[below(rng, bad.size())] = static_cast<char>(rng.next());

    const auto read = decode_attributes(bad);

    if (!read) {
      EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
    }
  }
}

}  // namespace
}  // namespace haul::ingest
