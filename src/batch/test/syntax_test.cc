#include "syntax.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace haul::batch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Syntax, NamesWhatTheInputDoesNotDecide) {
  EXPECT_THAT(undecided_parts(
                  R"({"function_name":"now","x":{"function_name":"random"},"y":{"function_name":"now"}})"),
              ElementsAre("now()", "random()"));
  EXPECT_THAT(undecided_parts(R"({"sample":{"sample_size":"10"}})"), ElementsAre("a sample"));
}

TEST(Syntax, TakesTextForWhatItIs) {
  EXPECT_THAT(undecided_parts(R"({"sample":null,"value":"\"function_name\":\"now\"","function_name":"sum"})"),
              IsEmpty());
}

TEST(Syntax, HashesTreesAlikeThatDifferInPlacesOnly) {
  const auto hash = tree_hash(R"({"a":1,"query_location":12,"b":{"query_location":7}})");

  EXPECT_EQ(hash, tree_hash(R"({"a":1,"query_location":400,"b":{"query_location":0}})"));
  EXPECT_NE(hash, tree_hash(R"({"a":2,"query_location":12,"b":{"query_location":7}})"));
}

}  // namespace
}  // namespace haul::batch
