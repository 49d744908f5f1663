#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "contract_text.h"
#include "haul/base/rng.h"

namespace haul::contract {
namespace {

constexpr std::string_view kData = "src/contract/test/data/";  // tests run at the top of the source tree

std::string text_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  EXPECT_TRUE(stream) << path;
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::string good_contract() { return text_of(std::string(kData) + "scans.odcs.yaml"); }

std::string problems_of(std::string_view yaml, std::string_view name = "c.yaml") {
  const auto contract = parse_contract(yaml, std::string(name));
  return contract ? "no problem" : contract.error().message;
}

/// One way to spoil the good contract, and what has to be said about it.
struct Spoiling {
  int line = 0;
  std::string taken;
  std::string put;
  std::string message;
};

void append_line(std::string& text, std::string_view line) {
  if (!text.empty()) text += '\n';
  text += line;
}

std::vector<Spoiling> spoilings() {
  std::vector<Spoiling> cases(1);
  std::istringstream stream(text_of(std::string(kData) + "problems.txt"));
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    if (line.starts_with('#')) continue;
    if (line.empty()) {
      if (cases.back().line != 0) cases.emplace_back();
      continue;
    }
    Spoiling& now = cases.back();
    if (now.line == 0) now.line = number;
    const std::string_view rest = std::string_view(line).substr(2);
    if (line[0] == '-') append_line(now.taken, rest);
    if (line[0] == '+') append_line(now.put, rest);
    if (line[0] == '!') append_line(now.message, "c.yaml:" + std::string(rest));
  }
  return cases;
}

std::string spoiled(std::string text, const Spoiling& spoiling) {
  const std::string taken = spoiling.put.empty() ? spoiling.taken + "\n" : spoiling.taken;
  const auto at = text.find(taken);
  EXPECT_NE(at, std::string::npos) << "problems.txt:" << spoiling.line << " takes what is not there";
  EXPECT_EQ(text.find(taken, at + 1), std::string::npos)
      << "problems.txt:" << spoiling.line << " takes what is there twice";
  if (at == std::string::npos) return text;
  return text.replace(at, taken.size(), spoiling.put);
}

TEST(ContractProblems, FindNoneInTheGoodContract) { EXPECT_EQ(problems_of(good_contract()), "no problem"); }

TEST(ContractProblems, NamePlaceAndRemedyOfEverySpoiling) {
  const std::string good = good_contract();
  const auto cases = spoilings();

  EXPECT_GE(cases.size(), 150U);
  for (const Spoiling& spoiling : cases) {
    EXPECT_EQ(problems_of(spoiled(good, spoiling)), spoiling.message) << "problems.txt:" << spoiling.line;
  }
}

TEST(ContractProblems, AreAllReportedAtOnceInTheOrderOfTheFile) {
  EXPECT_EQ(
      problems_of(
          "apiVersion: v3.1.0\nkind: DataContract\nid: x\nname: x\nversion: '1'\nstatus: active\nschema:\n"
          "  - name: t\n    properties:\n      - {name: a, logicalType: strng, requird: true}\n"
          "      - {name: b, logicalType: integer, logicalTypeOptions: {minimum: 2, maximum: 1}}\nteams: "
          "[]\n"),
      "c.yaml:5:10: version `1` is not three numbers; write it as 1.2.0\n"
      "c.yaml:10:32: `logicalType` is `strng`; did you mean `string`?\n"
      "c.yaml:10:39: a column has no key `requird`; did you mean `required`?\n"
      "c.yaml:11:71: no value has `minimum` 2 and `maximum` 1; correct one of them\n"
      "c.yaml:12:1: a contract has no key `teams`; did you mean `team`?");
}

TEST(ContractProblems, StandOnceForANodeThatIsReadTwiceThroughAnAlias) {
  EXPECT_EQ(
      problems_of(with_columns("      - &c {name: a, logicalType: strng}\n      - *c\n")),
      "c.yaml:10:19: t has two columns called `a`, the first in line 10; rename one (case does not count)\n"
      "c.yaml:10:35: `logicalType` is `strng`; did you mean `string`?");
}

TEST(ContractProblems, CoverATextThatIsNoContract) {
  EXPECT_EQ(problems_of(""), "c.yaml:1:1: a contract is keys and values; begin with apiVersion: v3.1.0");
  EXPECT_EQ(problems_of("[1]"), "c.yaml:1:1: a contract is keys and values; begin with apiVersion: v3.1.0");
  EXPECT_EQ(problems_of("apiVersion: [v3.1.0]"),
            "c.yaml:1:13: `apiVersion` is a list; it is one of v3.1.0, v3.2.0");
  EXPECT_EQ(
      problems_of(
          "apiVersion: v3.1.0\nkind: DataContract\nid: x\nname: x\nversion: 1.0.0\nstatus: a\nschema: []\n"),
      "c.yaml:7:9: `schema` is empty; add an object with its columns");
}

TEST(ContractProblems, CoverWhatOnlyVersionThreeTwoHas) {
  const auto of_column = [](const std::string& column) {
    return problems_of(with_columns("      - {name: a, " + column + "}\n", "v3.2.0"));
  };
  EXPECT_EQ(of_column("logicalType: string, enum: [{value: a}, {value: a}]"),
            "c.yaml:10:67: `enum` has `a` twice; remove one");
  EXPECT_EQ(of_column("logicalType: string, enum: []"),
            "c.yaml:10:46: `enum` is empty; list its values, or remove it");
  EXPECT_EQ(of_column("logicalType: integer, enum: [{value: a}]"),
            "c.yaml:10:56: a value of `enum` is `a`, the column is int64; write a number");
  EXPECT_EQ(of_column("logicalType: map, map: {key: {logicalType: string}, value: {logicalType: string}}"),
            "c.yaml:10:32: a map is not kept; use object, or array of objects with key and value");
  EXPECT_EQ(of_column("logicalType: string, semanticType: measured"),
            "c.yaml:10:54: `semanticType` is `measured`; did you mean `measure`?");
}

TEST(ContractProblems, NeverCrashTheReaderWhateverTheBytes) {
  const std::vector<std::string> contracts{good_contract(),
                                           text_of("examples/flights/contracts/sites.odcs.yaml")};
  constexpr std::uint64_t kSeed = 20'130'101;
  SeededRng rng(kSeed);
  std::size_t accepted = 0;
  for (int run = 0; run < 2'000; ++run) {
    std::string text = contracts[below(rng, contracts.size())];
    for (std::uint64_t changes = 1 + below(rng, 3); changes > 0; --changes) {
      const std::size_t at = below(rng, text.size());
      switch (below(rng, 4)) {
        case 0:
          text[at] = static_cast<char>(below(rng, 256));
          break;
        case 1:
          text.insert(at, 1, "\n \"'[]{}:,-&*!|>%#0"[below(rng, 18)]);
          break;
        case 2:
          text.erase(at, 1 + below(rng, 8));
          break;
        default:
          text.insert(at, text.substr(below(rng, text.size()), below(rng, 40)));
      }
    }

    const auto contract = parse_contract(text, "c.yaml");

    if (contract) {
      ++accepted;
      EXPECT_FALSE(contract->objects.empty()) << "seed " << kSeed << ", run " << run;
    } else {
      EXPECT_TRUE(contract.error().message.starts_with("c.yaml:")) << "seed " << kSeed << ", run " << run;
    }
  }
  EXPECT_GT(accepted, 100U) << "the changes are too wild to reach beyond the YAML";
  EXPECT_LT(accepted, 1'900U) << "the changes are too tame";
}

}  // namespace
}  // namespace haul::contract
