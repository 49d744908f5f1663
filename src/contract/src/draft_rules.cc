#include "draft_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "draft_words.h"
#include "haul/base/json.h"

namespace haul::contract {
namespace {

using Kind = DeclaredRule::Kind;

/// What a rule says that older rows may break.
constexpr std::string_view kUnproven = "declared NOT VALID, older rows may break it";

bool is_of_the_object(const DeclaredRule& rule) {
  return rule.kind != Kind::kReference || rule.columns.size() > 1;
}

void append_relationship(const std::string& name, const DeclaredRule& rule, std::string& out) {
  std::vector<std::string> from;
  for (const std::string& column : rule.columns) from.push_back(name + "." + column);
  out += fmt::format(
      "      # declared: {} {}\n"
      "      - {{type: foreignKey, from: [{}], to: [{}]}}\n",
      one_line(rule.name), one_line(rule.declared), fmt::join(from, ", "), fmt::join(rule.references, ", "));
}

void append_quality(const DeclaredRule& rule, const std::string& id, std::string& out) {
  out += fmt::format("      # declared: {}\n", one_line(rule.declared));
  out += fmt::format("      - name: {}\n", json_string(id));
  if (rule.kind == Kind::kUnchecked) {
    out += fmt::format(
        "        type: text\n        description: {}\n",
        json_string(fmt::format("{}. Not enforced here: {}.", one_line(rule.declared), rule.why_unchecked)));
    return;
  }
  if (rule.kind == Kind::kUnique) {
    std::vector<std::string> columns;
    for (const std::string& column : rule.columns) columns.push_back(yaml_text(column));
    out += fmt::format(
        "        metric: duplicateValues\n        arguments: {{properties: [{}]}}\n        mustBe: 0\n",
        fmt::join(columns, ", "));
    return;
  }
  out += fmt::format("        type: sql\n        query: {}\n        mustBe: 0\n",
                     json_string(fmt::format("SELECT COUNT(*) FROM {{object}} WHERE NOT ({})", rule.sql)));
  if (!rule.is_proven) out += fmt::format("        severity: warning  # {}\n", kUnproven);
}

}  // namespace

std::string column_relationship(const DeclaredRule& rule) {
  return fmt::format("{{to: {}}}", rule.references.at(0));
}

void append_table_rules(const std::string& name, const std::vector<DeclaredRule>& rules, std::string& out) {
  const auto is_relationship = [](const DeclaredRule& rule) {
    return rule.kind == Kind::kReference && is_of_the_object(rule);
  };
  if (std::any_of(rules.begin(), rules.end(), is_relationship)) out += "    relationships:\n";
  for (const DeclaredRule& rule : rules) {
    if (is_relationship(rule)) append_relationship(name, rule, out);
  }
  const auto is_quality = [](const DeclaredRule& rule) { return rule.kind != Kind::kReference; };
  if (std::any_of(rules.begin(), rules.end(), is_quality)) out += "    quality:\n";
  std::set<std::string> ids;
  for (const DeclaredRule& rule : rules) {
    if (!is_quality(rule)) continue;
    std::string id = rule.name;
    for (int number = 2; !ids.insert(id).second; ++number) id = fmt::format("{}_{}", rule.name, number);
    append_quality(rule, id, out);
  }
}

}  // namespace haul::contract
