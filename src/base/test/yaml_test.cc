#include "haul/base/yaml.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "haul/base/rng.h"

namespace haul {
namespace {

YamlNode parsed(std::string_view text) { return YamlNode::parse(text, "f.yaml").value(); }

std::string refusal(std::string_view text) {
  const auto node = YamlNode::parse(text, "f.yaml");
  return node ? "accepted as " + node->to_json() : node.error().message;
}

TEST(YamlNode, KeepsThePlaceOfKeysAndValues) {
  const auto root = parsed("a:\n  - x: 1\n    y: \"\xC3\xA9\"\n  - {\xC3\xA9: [1, 2]}\nlast:\n");

  const auto list = *root.find("a");

  EXPECT_EQ(to_string(list.place()), "f.yaml:2:3");
  EXPECT_EQ(to_string(list.items()[0].find("y")->place()), "f.yaml:3:8");
  EXPECT_EQ(to_string(list.items()[0].key_place("y")), "f.yaml:3:5");
  EXPECT_EQ(to_string(list.items()[1].find("\xC3\xA9")->place()), "f.yaml:4:9") << "columns count characters";
  EXPECT_EQ(to_string(root.find("last")->place()), "f.yaml:5:1") << "nothing stands where its key stands";
}

TEST(YamlNode, TypesPlainScalarsByTheCoreSchema) {
  EXPECT_EQ(parsed("[1, -7, +7, 0o17, 0x1f, 12e2, 1.5, .5, 5., true, FALSE, ~, null, ]").to_json(),
            "[1,-7,7,15,31,1200,1.5,0.5,5,true,false,null,null]");
  EXPECT_EQ(parsed("[no, yes, on, 1.2.0, 2013-01-01, 1_000, 0b1, '1', \"true\", !!str 5, 12:30, +, ., e1]")
                .to_json(),
            R"(["no","yes","on","1.2.0","2013-01-01","1_000","0b1","1","true","5","12:30","+",".","e1"])");
}

TEST(YamlNode, WritesJsonThatHoldsEveryCharacter) {
  EXPECT_EQ(parsed("\"q\\\"b\\\\\": \"l1\\nl2\\t\\u00e9\\u0007\"").to_json(),
            "{\"q\\\"b\\\\\":\"l1\\u000al2\\u0009\xC3\xA9\\u0007\"}");
  EXPECT_EQ(parsed("9223372036854775807").to_json(), "9223372036854775807");
  EXPECT_EQ(parsed("").to_json(), "null");
  EXPECT_EQ(parsed("# a comment only\n").to_json(), "null");
}

TEST(YamlNode, ReadsScalarsAsTheTypeAskedFor) {
  const auto root = parsed("{t: text, i: 7, n: 0.5, b: true, v: 1.10}");

  EXPECT_EQ(*root.find("t")->as_string(), "text");
  EXPECT_EQ(*root.find("i")->as_integer(), 7);
  EXPECT_EQ(*root.find("i")->as_number(), 7.0);
  EXPECT_EQ(*root.find("n")->as_number(), 0.5);
  EXPECT_EQ(*root.find("b")->as_boolean(), true);
  EXPECT_EQ(root.find("v")->text(), "1.10");
}

TEST(YamlNode, RefusesAScalarOfAnotherTypeWithItsPlace) {
  const auto root = parsed("{t: text, n: 1.10, m: {k: 1}, big: 9223372036854775808}");

  EXPECT_EQ(root.find("n")->as_string().error().message,
            "f.yaml:1:14: needs text, has the number 1.10; write it in quotes: '1.10'");
  EXPECT_EQ(root.find("m")->as_string().error().message, "f.yaml:1:23: needs text, has keys and values");
  EXPECT_EQ(root.find("t")->as_integer().error().message, "f.yaml:1:5: needs an integer, has `text`");
  EXPECT_EQ(root.find("big")->as_integer().error().message,
            "f.yaml:1:36: needs an integer of at most 64 bits, has 9223372036854775808");
  EXPECT_EQ(root.find("t")->as_number().error().message, "f.yaml:1:5: needs a number, has `text`");
  EXPECT_EQ(root.find("n")->as_boolean().error().message,
            "f.yaml:1:14: needs true or false, has the number 1.10");
}

TEST(YamlNode, NamesTheMissingKey) {
  const auto root = parsed("a: 1\nb: [1]\n");

  EXPECT_EQ(root.at("c").error().message, "f.yaml:1:1: needs the key `c`");
  EXPECT_EQ(root.find("b")->at("c").error().message,
            "f.yaml:2:4: needs keys and values with the key `c`, has a list");
  EXPECT_FALSE(root.find("b")->find("c"));
}

TEST(YamlNode, RefusesAnUnknownKeyAtItsPlaceWithTheNearestOne) {
  const auto root = parsed("listen: x\nretension: 1\n");

  EXPECT_EQ(root.allow_only({"listen", "retention"}).error().message,
            "f.yaml:2:1: unknown key `retension`; did you mean `retention`?");
  EXPECT_EQ(root.allow_only({"listen", "zone"}).error().message,
            "f.yaml:2:1: unknown key `retension`; the keys here are listen, zone");
  EXPECT_TRUE(root.allow_only({"listen", "retension"}));
  EXPECT_TRUE(parsed("").allow_only({"listen"}));
  EXPECT_EQ(root.find("listen")->allow_only({"x"}).error().message,
            "f.yaml:1:9: needs keys and values, has `x`");
}

TEST(YamlNode, RefusesWhatAReaderCouldTakeForSomethingElse) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"a: 1\nb: 2\na: 3\n", "f.yaml:3:1: the key `a` stands twice, first in line 1; remove one"},
      {"a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document begins here; keep one document in a file"},
      {"a:\n\tb: 2\n", "f.yaml:2:1: a tab stands in the indentation; indent with spaces"},
      {"a: |\n  \tx\n", "f.yaml:2:3: a tab stands in the indentation; indent with spaces"},
      {"a: 1\nb\n", "f.yaml:2:1: the key `b` has no colon; write `b: VALUE`"},
      {"a: \"x\n", "f.yaml:1:4: the quote that opens here is never closed"},
      {"a: &k 'it''s\n", "f.yaml:1:4: the quote that opens here is never closed"},
      {"a: x\x04y\n", "f.yaml:1:5: the control character 0x04 stands here; remove it"},
      {std::string("a: x\0y\n", 7), "f.yaml:1:5: the control character 0x00 stands here; remove it"},
      {"a: \xC3\xA9\xFF\n", "f.yaml:1:5: the byte 0xff is not UTF-8; save the file as UTF-8"},
      {"a: \xC0\xAF\n", "f.yaml:1:4: the byte 0xc0 is not UTF-8; save the file as UTF-8"},
      {"a: \xED\xA0\x80\n", "f.yaml:1:4: the byte 0xed is not UTF-8; save the file as UTF-8"},
      {"a: !secret x\n", "f.yaml:1:4: the tag `!secret` is not read; write the value without it"},
      {"a: !!set {x}\n",
       "f.yaml:1:4: the tag `tag:yaml.org,2002:set` is not read; write the value without it"},
      {"a: .inf\n", "f.yaml:1:4: `.inf` is no number that 64 bits hold; for text, write it in quotes"},
      {"a: 1e999\n", "f.yaml:1:4: `1e999` is no number that 64 bits hold; for text, write it in quotes"},
      {"[x, y]: 1\n", "f.yaml:1:1: a list or a map stands for a key; keys are text"},
      {"~: 1\n", "f.yaml:1:1: a key is missing here; keys are text"},
      {"a: &x 1\n*x : 2\n", "f.yaml:2:1: an alias stands for a key; write the key"},
      {"a: *x\n", "f.yaml:1:4: not YAML: the referenced anchor is not defined"},
      {"a: [1, 2\nb: 3\n", "f.yaml:2:2: not YAML: end of sequence flow not found"},
      {"a: b: 2\n", "f.yaml:1:5: not YAML: illegal map value"},
      {"a: @b\n", "f.yaml:1:4: not YAML: unknown token"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(refusal(text), message) << text;
}

TEST(YamlNode, ReadsWhatOnlyLooksWrong) {
  EXPECT_EQ(parsed("\xEF\xBB\xBF"
                   "a: 1\r\nb: 'it''s'\r\n")
                .to_json(),
            R"({"a":1,"b":"it's"})");
  EXPECT_EQ(parsed("%YAML 1.2\n--- # one\na: \"x\\\"\"\n...\n").to_json(), R"({"a":"x\""})");
  EXPECT_EQ(parsed("a: &k \"b\n  c\"\n\t \nd: >-\n  more\n  \"text\n").to_json(),
            R"({"a":"b c","d":"more \"text"})");
  EXPECT_EQ(parsed("? a\n: {b, c: }\n").to_json(), R"({"a":{"b":null,"c":null}})");
}

TEST(YamlNode, FollowsAnAlias) {
  const auto root = parsed("base: &b {x: 1}\nuse: *b\n");

  EXPECT_EQ(root.to_json(), R"({"base":{"x":1},"use":{"x":1}})");
  EXPECT_EQ(to_string(root.find("use")->place()), "f.yaml:1:7");
}

TEST(YamlNode, RefusesADocumentThatContainsItself) {
  EXPECT_EQ(refusal("a: &x\n  b: [*x]\n"),
            "f.yaml:2:7: the alias stands inside its own anchor; a document cannot contain itself");
}

TEST(YamlNode, BoundsAliasesThatMultiply) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    bomb += fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i,
                        i - 1);
  }

  EXPECT_NE(refusal(bomb).find("more than 500000 values once the aliases are written out"),
            std::string::npos);
}

TEST(YamlNode, BoundsTheDepthOfBracketsAndOfAliases) {
  std::string chain = "a0: &a0 [x]\n";
  for (int i = 1; i < 80; ++i) chain += fmt::format("a{0}: &a{0} [*a{1}]\n", i, i - 1);

  EXPECT_EQ(refusal(std::string(65, '[') + std::string(65, ']')),
            "f.yaml:1:65: more than 64 levels; make the document flatter");
  EXPECT_EQ(refusal(chain), "f.yaml:64:12: more than 64 levels; make the document flatter");
  EXPECT_EQ(refusal(std::string(100'000, '[')).substr(0, 7), "f.yaml:");
  EXPECT_EQ(refusal(std::string(64, '[') + std::string(64, ']')).substr(0, 9), "accepted ");
}

TEST(YamlNode, RefusesATextThatIsTooLong) {
  EXPECT_EQ(refusal(std::string(16'000'001, ' ')),
            "f.yaml:1:1: 16000001 bytes, more than 16000000; split the file");
}

TEST(YamlNode, SurvivesAnyBytes) {
  const std::string good =
      "a: &x {k: [1, 'two', \"three\"], m: !!str 4}\nb: *x\nc:\n  - |\n    block\n  - >-\n    folded\n? d\n: "
      "~\n";
  SeededRng rng(20'130'101);
  for (int run = 0; run < 2'000; ++run) {
    std::string text = good;
    for (std::uint64_t change = 0; change <= below(rng, 4); ++change) {
      const std::size_t at = below(rng, text.size());
      switch (below(rng, 3)) {
        case 0:
          text[at] = static_cast<char>(below(rng, 256));
          break;
        case 1:
          text.insert(at, 1, "\n\t \"'[]{}:,-&*!|>%@"[below(rng, 19)]);
          break;
        default:
          text.erase(at, 1 + below(rng, 5));
      }
      if (text.empty()) text = "x";
    }

    const auto node = YamlNode::parse(text, "f.yaml");

    if (node) {
      EXPECT_FALSE(node->to_json().empty());
    } else {
      EXPECT_EQ(node.error().message.substr(0, 7), "f.yaml:") << "run " << run;
    }
  }
}

}  // namespace
}  // namespace haul
