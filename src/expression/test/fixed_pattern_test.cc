#include "kernels/fixed_pattern.h"

#include <arrow/array/array_primitive.h>
#include <arrow/array/builder_binary.h>
#include <arrow/compute/api_scalar.h>
#include <arrow/compute/exec.h>
#include <arrow/compute/initialize.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "haul/base/rng.h"

namespace haul::expression {
namespace {

/// What RE2 says of each text, by way of Arrow.
std::vector<bool> found_by_re2(const std::string& pattern, const std::vector<std::string>& texts) {
  EXPECT_TRUE(arrow::compute::Initialize().ok());
  arrow::StringBuilder builder;
  EXPECT_TRUE(builder.AppendValues(texts).ok());
  const arrow::compute::MatchSubstringOptions options(pattern);
  const auto found =
      arrow::compute::CallFunction("match_substring_regex", {builder.Finish().ValueOrDie()}, &options);
  EXPECT_TRUE(found.ok()) << found.status().ToString();
  std::vector<bool> answers;
  const auto array = found->make_array();
  for (std::int64_t row = 0; row < array->length(); ++row) {
    answers.push_back(static_cast<const arrow::BooleanArray&>(*array).Value(row));
  }
  return answers;
}

constexpr const char* kSimple[] = {"^SH[0-9]{8}$",
                                   "^$",
                                   "^a$",
                                   "^[A-Z]{2}\\d{3}$",
                                   "^[A-Za-z0-9_-]{4}$",
                                   "^\\d{4}-\\d{2}$",
                                   "^N[0-9]{1}[A-Z][A-Z]$",
                                   "^[0-9a-f]{8}\\.[0-9a-f]{4}$",
                                   "^[a/ .]{2}=\\$x$",
                                   "^\\[[a-c]\\]$"};

TEST(FixedPattern, AgreesWithRe2OnTextsNearTheEdgeOfMatching) {
  SeededRng rng(20260101);
  const std::string alphabet = "SH0123456789abcfgxzAZN_-./ =$\\[]^\n";
  const std::vector<std::string> seeds{"",      "a",       "a\n",  "SH12345678", "SH12345678\n",  "SH1234567",
                                       "AZ123", "2026-01", "a-_Z", "N1AZ",       "01234567.abcf", "a/=$x",
                                       " .=$x", "[b]",     "[d]",  "\xC3\xA9",   "SX12345678"};
  for (const char* pattern : kSimple) {
    const auto fixed = FixedPattern::of(pattern);
    ASSERT_TRUE(fixed) << pattern;
    std::vector<std::string> texts = seeds;
    for (int one = 0; one < 2000; ++one) {
      std::string text = seeds[below(rng, seeds.size())];
      for (int change = 0; change < 2; ++change) {
        const char c = alphabet[below(rng, alphabet.size())];
        if (below(rng, 2) == 0 || text.empty()) {
          text.insert(below(rng, text.size() + 1), 1, c);
        } else {
          text[below(rng, text.size())] = c;
        }
      }
      texts.push_back(std::move(text));
    }

    const std::vector<bool> expected = found_by_re2(pattern, texts);

    for (std::size_t i = 0; i < texts.size(); ++i) {
      ASSERT_EQ(fixed->matches(texts[i]), expected[i]) << pattern << " on `" << texts[i] << "`";
    }
  }
}

TEST(FixedPattern, LeavesWhatIsMoreThanBytesAtPlacesToTheEngine) {
  for (const char* pattern :
       {"SH[0-9]{8}",     "^SH",        "SH$",           "^",         "$",       "",
        "^a\\$",          "^a|b$",      "^a.$",          "^a+$",      "^a*$",    "^ab?$",
        "^(ab)$",         "^[^a]$",     "^[[:alpha:]]$", "^a{2,3}$",  "^a{0}$",  "^a{,2}$",
        "^a{100}$",       "^\\w$",      "^\\x41$",       "^\\1$",     "^[a",     "^[]a]$",
        "^[a-]{2}[b-a]$", "^\xC3\xA9$", "^[\xC3\xA9]$",  "^a^$",      "^a$$",    "^a{60}b{5}$",
        "^(?i)a$",        "^\\pL$",     "^[+--]$",       "^a{2}{3}$", "^a{2}?$", "^\\d+$"}) {
    EXPECT_FALSE(FixedPattern::of(pattern)) << pattern;
  }
}

}  // namespace
}  // namespace haul::expression
