// docs/expressions.md lists exactly what the allow-list holds. HAUL_WRITE_DOCS=1 writes the list into the
// page.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "allow_list.h"

namespace haul::expression {
namespace {

constexpr const char* kPage = "docs/expressions.md";
constexpr std::string_view kBegin = "<!-- allow-list: begin -->\n";
constexpr std::string_view kEnd = "<!-- allow-list: end -->\n";

std::string read_page() {
  std::ifstream file(kPage);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Names that mean something in Markdown tables are escaped.
std::string in_table(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == '|') text += '\\';
    text += c;
  }
  return text;
}

std::string function_table(const AllowList& list) {
  std::string table = "| Function | Argument types |\n|---|---|\n";
  for (const std::string_view name : list.names()) {
    std::vector<std::string> types;
    for (const std::string& signature : list.signatures(name)) types.push_back(signature.substr(name.size()));
    table += fmt::format("| `{}` | {} |\n", in_table(name), fmt::join(types, " "));
  }
  return table;
}

std::string cast_table(const AllowList& list) {
  std::map<TypeId, std::set<std::string>> targets;
  for (const auto& [pair, cast] : list.casts()) {
    const std::string only = cast.input == CastInput::kConstant ? " (constants only)" : "";
    targets[pair.first].insert(std::string(to_string(pair.second)) + only);
  }
  std::string table = "| From | To |\n|---|---|\n";
  for (const auto& [from, to] : targets)
    table += fmt::format("| {} | {} |\n", to_string(from), fmt::join(to, ", "));
  return table;
}

TEST(AllowedExpressions, AreWhatThePageLists) {
  const AllowList& list = AllowList::instance();
  const std::string expected =
      fmt::format("{}\n{}\n## Casts\n\n{}\n{}", kBegin, function_table(list), cast_table(list), kEnd);
  std::string page = read_page();
  const std::size_t begin = page.find(kBegin);
  const std::size_t end = page.find(kEnd);
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  if (std::getenv("HAUL_WRITE_DOCS") != nullptr) {
    page.replace(begin, end + kEnd.size() - begin, expected);
    std::ofstream(kPage) << page;
  }

  EXPECT_EQ(read_page().substr(begin, expected.size()), expected) << "HAUL_WRITE_DOCS=1 writes the page anew";
}

}  // namespace
}  // namespace haul::expression
