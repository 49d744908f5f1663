#include "haul/base/sql_words.h"

#include <gtest/gtest.h>

namespace haul {
namespace {

TEST(SqlWords, DoubleTheirOwnMarkAndNoOther) {
  EXPECT_EQ(quoted_name("speed"), "\"speed\"");
  EXPECT_EQ(quoted_name(R"(a "b" 'c')"), R"("a ""b"" 'c'")");
  EXPECT_EQ(quoted_text("it's"), "'it''s'");
  EXPECT_EQ(quoted_text(R"("x" \)"), R"('"x" \')");
}

}  // namespace
}  // namespace haul
