#include <gtest/gtest.h>

#include <cstring>

#include "batch_format.h"
#include "checkpoint.h"
#include "haul/base/hash.h"
#include "haul/base/rng.h"
#include "haul/eventlog/testing/record_text.h"

// Random bytes and random changes through the parsers, under the sanitizers: refused, or read as what was
// written.
namespace haul::eventlog::testing {
namespace {

std::string a_batch() {
  const RecordTexts texts({"one", "", "three"});
  const BodyPieces body = pieces_of(texts.records().ends, texts.records().bytes);
  BatchHead head;
  head.records = 3;
  head.data_bytes = 8;
  head.producer = "producer";
  head.attributes = "attributes";
  head.body_crc = crc_of(body);
  std::string bytes(static_cast<std::size_t>(head.head_bytes()), '\0');
  encode_head(head, std::as_writable_bytes(std::span<char>(bytes)));
  for (const auto piece : {body.ends, body.ends_padding, body.data, body.data_padding}) {
    bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  }
  return bytes;
}

/// Reads a batch as the log does; true where every step accepts it.
bool accepts_batch(std::string_view bytes) {
  const auto extent = parse_extent(as_bytes(bytes));
  if (!extent || extent->batch_bytes > bytes.size()) return false;
  const auto head = parse_head(as_bytes(bytes).first(extent->head_bytes));
  if (!head) return false;
  return parse_body(*head, as_bytes(bytes).first(extent->batch_bytes).subspan(extent->head_bytes))
      .has_value();
}

void seal_head(std::string& bytes) {
  std::uint32_t head_bytes = 0;
  std::memcpy(&head_bytes, bytes.data() + 12, sizeof(head_bytes));
  if (head_bytes < kFixedHeadBytes || head_bytes > bytes.size()) return;
  const std::uint32_t crc = crc32c(as_bytes(bytes).subspan(8, head_bytes - 8));
  std::memcpy(bytes.data() + 4, &crc, sizeof(crc));
}

TEST(BatchFormat, RefusesEveryFlippedBit) {
  const std::string good = a_batch();
  ASSERT_TRUE(accepts_batch(good));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ static_cast<char>(1U << (bit % 8)));
    EXPECT_FALSE(accepts_batch(bad)) << "bit " << bit;
  }
}

TEST(BatchFormat, RefusesEveryShorterCopy) {
  const std::string good = a_batch();
  for (std::size_t size = 0; size < good.size(); ++size) EXPECT_FALSE(accepts_batch(good.substr(0, size)));
}

TEST(BatchFormat, SurvivesAnyHeadWhoseChecksumHolds) {
  SeededRng rng{11};
  const std::string good = a_batch();
  for (int i = 0; i < 200'000; ++i) {
    std::string bad = good;
    for (std::uint64_t changes = 1 + below(rng, 4); changes > 0; --changes) {
      bad[static_cast<std::size_t>(4 + below(rng, kFixedHeadBytes - 4))] = static_cast<char>(rng.next());
    }
    seal_head(bad);
    static_cast<void>(accepts_batch(bad));  // the sanitizers judge
  }
}

TEST(BatchFormat, SurvivesRandomBytes) {
  SeededRng rng{12};
  for (int i = 0; i < 50'000; ++i) {
    std::string bytes(static_cast<std::size_t>(below(rng, 300)), '\0');
    for (auto& byte : bytes) byte = static_cast<char>(rng.next());
    if (bytes.size() >= 4) bytes.replace(0, 4, "HLB1");
    EXPECT_FALSE(accepts_batch(bytes));
  }
}

std::string a_checkpoint() {
  Checkpoint checkpoint;
  checkpoint.index = {{Offset{1}, {}, 0}, {Offset{9}, {}, 64}};
  checkpoint.producers["a"] = {1, Offset{2}, {}};
  checkpoint.producers["b"] = {3, Offset{4}, {}};
  return encode_checkpoint(checkpoint);
}

TEST(CheckpointFormat, RefusesEveryFlippedBit) {
  const std::string good = a_checkpoint();
  ASSERT_TRUE(parse_checkpoint(as_bytes(good)));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ static_cast<char>(1U << (bit % 8)));
    EXPECT_FALSE(parse_checkpoint(as_bytes(bad))) << "bit " << bit;
  }
}

TEST(CheckpointFormat, SurvivesAnyContentWhoseChecksumHolds) {
  SeededRng rng{13};
  const std::string good = a_checkpoint();
  for (int i = 0; i < 50'000; ++i) {
    std::string bad = good.substr(0, good.size() - below(rng, 3) * below(rng, 60));
    bad[static_cast<std::size_t>(12 + below(rng, bad.size() - 12))] = static_cast<char>(rng.next());
    const std::uint32_t crc = crc32c(as_bytes(bad).subspan(12));
    std::memcpy(bad.data() + 8, &crc, sizeof(crc));
    static_cast<void>(parse_checkpoint(as_bytes(bad)));  // the sanitizers judge
  }
}

}  // namespace
}  // namespace haul::eventlog::testing
