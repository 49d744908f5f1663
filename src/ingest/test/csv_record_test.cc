#include "csv_record.h"

#include <gtest/gtest.h>

#include "haul/base/rng.h"

namespace haul::ingest {
namespace {

/// The fields, joined by '|', quoted ones in brackets; or what is wrong.
std::string shown(std::string_view text) {
  CsvRecord record(',', '"');
  if (const char* problem = record.split(text)) return problem;
  std::string result;
  for (const CsvField& field : record.fields()) {
    if (&field != &record.fields().front()) result += '|';
    result += field.quoted ? "[" + std::string(field.text) + "]" : std::string(field.text);
  }
  return result;
}

TEST(CsvRecord, CutsAtDelimiters) {
  EXPECT_EQ(shown("a,b,c"), "a|b|c");
  EXPECT_EQ(shown(""), "");
  EXPECT_EQ(shown(",,"), "||");
  EXPECT_EQ(shown("0123456789abcde,0123456789abcdef,x"), "0123456789abcde|0123456789abcdef|x");
}

TEST(CsvRecord, TakesQuotesOffAndMakesDoubledOnesOne) {
  EXPECT_EQ(shown(R"("a,b",c)"), "[a,b]|c");
  EXPECT_EQ(shown(R"("say ""hi""","",x)"), R"([say "hi"]|[]|x)");
  EXPECT_EQ(shown("\"two\nlines\""), "[two\nlines]");
}

TEST(CsvRecord, NamesWhatIsWrong) {
  EXPECT_EQ(shown(R"("open)"), "a quoted field is never closed");
  EXPECT_EQ(shown(R"("a"b,c)"), "text stands behind the closing quote of a field");
  EXPECT_EQ(shown(R"(5" pipe,c)"), "a quote stands inside a field that is not quoted");
  EXPECT_EQ(shown(std::string_view("a,\0,b", 5)), "the record holds a NUL byte");
  EXPECT_EQ(shown(std::string_view("\"a\0\",b", 6)), "the record holds a NUL byte");
}

TEST(CsvRecord, GivesBackWhatWasQuotedByTheRules) {
  SeededRng rng(5);
  constexpr std::string_view kAlphabet = "ab,\"\n\r x";
  CsvRecord record(',', '"');
  for (int round = 0; round < 5'000; ++round) {
    std::vector<std::string> fields(1 + below(rng, 6));
    std::string text;
    for (std::string& field : fields) {
      for (auto length = below(rng, 24); length > 0; --length)
        field += kAlphabet[below(rng, kAlphabet.size())];
      if (&field != &fields.front()) text += ',';
      text += '"';
      for (const char c : field) text += c == '"' ? std::string("\"\"") : std::string(1, c);
      text += '"';
    }

    const char* const problem = record.split(text);

    ASSERT_EQ(problem, nullptr) << text;
    ASSERT_EQ(record.fields().size(), fields.size());
    for (std::size_t index = 0; index < fields.size(); ++index)
      ASSERT_EQ(record.fields()[index].text, fields[index]);
  }
}

}  // namespace
}  // namespace haul::ingest
