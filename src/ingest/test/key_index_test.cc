#include "key_index.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "haul/base/rng.h"

namespace haul::ingest {
namespace {

/// Rows of (carrier, flight), null where the text is "-" or the number negative.
std::shared_ptr<arrow::RecordBatch> rows(const std::vector<std::pair<std::string, std::int64_t>>& values) {
  arrow::StringBuilder carriers;
  arrow::Int64Builder flights;
  for (const auto& [carrier, flight] : values) {
    EXPECT_TRUE((carrier == "-" ? carriers.AppendNull() : carriers.Append(carrier)).ok());
    EXPECT_TRUE((flight < 0 ? flights.AppendNull() : flights.Append(flight)).ok());
  }
  return arrow::RecordBatch::Make(
      arrow::schema({arrow::field("carrier", arrow::utf8()), arrow::field("flight", arrow::int64())}),
      static_cast<std::int64_t>(values.size()),
      {carriers.Finish().ValueOrDie(), flights.Finish().ValueOrDie()});
}

std::vector<Hash128> identities(const arrow::RecordBatch& batch) {
  std::vector<Hash128> out;
  EXPECT_TRUE(key_identities(batch, {"carrier", "flight"}, out));
  return out;
}

TEST(KeyIdentities, AreEqualExactlyWhereAllValuesAre) {
  const auto keys =
      identities(*rows({{"UA", 1}, {"UA", 2}, {"AA", 1}, {"UA", 1}, {"-", 1}, {"UA", -1}, {"", 1}}));

  EXPECT_EQ(keys[0], keys[3]);
  EXPECT_EQ(std::set<Hash128>(keys.begin(), keys.end()).size(), 6U);
}

TEST(KeyIdentities, DoNotDependOnThePlaceInABatch) {
  const auto batch = rows({{"UA", 1}, {"-", 2}, {"AA", 3}});

  EXPECT_EQ(identities(*batch->Slice(1)),
            (std::vector<Hash128>{identities(*batch)[1], identities(*batch)[2]}));
}

TEST(GivenKeys, LeaveOutRowsInWhichAPartOfTheKeyIsNull) {
  const auto batch = rows({{"UA", 1}, {"-", 1}, {"UA", -1}, {"", 1}});

  GivenKeys keys;
  ASSERT_TRUE(given_keys(*batch, {"carrier", "flight"}, keys));

  EXPECT_EQ(keys.rows, (std::vector<std::uint32_t>{0, 3}));
  EXPECT_EQ(keys.identities, (std::vector<Hash128>{identities(*batch)[0], identities(*batch)[3]}));
}

TEST(KeyIdentities, RefuseAColumnThatIsMissing) {
  std::vector<Hash128> out;

  const auto done = key_identities(*rows({{"UA", 1}}), {"carrier", "tail"}, out);

  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("tail"), std::string::npos);
}

TEST(KeyIndex, KeepsTheRowOfEachKeyLikeAnOrdinaryMap) {
  SeededRng rng(5);
  KeyIndex keys(KeepVersions::kYes);
  std::map<Hash128, std::uint64_t> expected;

  for (std::uint64_t i = 1; i < 200'000; ++i) {
    const Hash128 key{below(rng, 4), below(rng, 50'000)};
    const Hash128 stored = key == Hash128{} ? Hash128{0, 1} : key;  // the empty slot stands for no key
    const KeyIndex::Found found = keys.insert(key);
    ASSERT_EQ(found.is_new, !expected.contains(stored));
    ASSERT_EQ(keys.row(found.slot).content, found.is_new ? 0 : expected.at(stored));
    ASSERT_EQ(keys.version(found.slot).place, found.is_new ? 0 : expected.at(stored));
    keys.row(found.slot).content = i;
    keys.version(found.slot).place = i;
    expected[stored] = i;
  }

  EXPECT_EQ(keys.size(), expected.size());
}

TEST(SourcePlace, FitsPartitionAndOffsetIntoOneNumber) {
  const SourcePlace place = SourcePlace::unpacked(SourcePlace{65'535, (std::int64_t{1} << 48) - 1}.packed());

  EXPECT_EQ(place.partition, 65'535);
  EXPECT_EQ(place.offset, (std::int64_t{1} << 48) - 1);
}

}  // namespace
}  // namespace haul::ingest
