#include "key_set.h"

#include <gtest/gtest.h>

#include <set>

#include "haul/base/rng.h"

namespace haul::ingest {
namespace {

TEST(KeySet, TellsNewKeysFromSeenOnesLikeAnOrdinarySet) {
  SeededRng rng(5);
  KeySet keys;
  std::set<Hash128> expected;

  for (int i = 0; i < 50'000; ++i) {
    const Hash128 key{below(rng, 4), below(rng, 12'000)};
    const Hash128 stored = key == Hash128{} ? Hash128{0, 1} : key;  // the empty slot stands for no key
    ASSERT_EQ(keys.contains(key), expected.contains(stored));
    ASSERT_EQ(keys.insert(key), expected.insert(stored).second);
  }

  EXPECT_EQ(keys.size(), expected.size());
}

}  // namespace
}  // namespace haul::ingest
