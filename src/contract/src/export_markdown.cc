#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "export_page.h"

namespace haul::contract {
namespace {

bool is_of_a_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// `text` so that Markdown shows it as it is, on one line: what could be markup is escaped.
std::string plain(std::string_view text) {
  constexpr std::string_view kMarkup = "\\`*{}[]<>#|~&";
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\n' || c == '\r' || c == '\t') {
      if (!out.ends_with(' ')) out += ' ';
      continue;
    }
    const bool inside_a_word =
        at > 0 && at + 1 < text.size() && is_of_a_word(text[at - 1]) && is_of_a_word(text[at + 1]);
    if (kMarkup.find(c) != std::string_view::npos || (c == '_' && !inside_a_word)) out += '\\';
    out += c;
  }
  return out;
}

/// `text` as code in a cell of a table: fenced by more backticks than it holds, its bars escaped.
std::string code(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  std::string inside;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
    if (c == '|') inside += '\\';
    inside += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
  }
  const std::string fence(longest + 1, '`');
  const bool touches = inside.starts_with('`') || inside.ends_with('`');
  return fmt::format("{0}{1}{2}{1}{0}", fence, touches ? " " : "", inside);
}

std::string rule_text(const PageRule& rule) {
  std::string out = rule.says.empty() ? code(rule.sql) : plain(rule.says);
  if (rule.severity != "error") out += fmt::format(" ({})", rule.severity);
  return out;
}

std::string columns_table(const PageObject& object) {
  std::string out = "\n| Column | Type | | Rules | Description |\n|---|---|---|---|---|\n";
  for (const PageColumn& column : object.columns) {
    std::string rules;
    for (const PageRule& rule : column.rules) rules += (rules.empty() ? "" : "; ") + rule_text(rule);
    out += fmt::format("| {} | {} | {} | {} | {} |\n", code(column.name), code(column.type),
                       fmt::join(column.marks, ", "), rules, plain(column.description));
  }
  return out;
}

std::string rules_table(const PageObject& object) {
  if (object.rules.empty()) return "";
  std::string out = "\n| Rule | Severity | Says | Query |\n|---|---|---|---|\n";
  for (const PageRule& rule : object.rules)
    out += fmt::format("| {} | {} | {} | {} |\n", plain(rule.id), rule.severity, plain(rule.says),
                       code(rule.sql));
  return out;
}

}  // namespace

std::string to_markdown(const ExportView& view) {
  const Page page = page_of(view);
  std::string out = fmt::format("# {}\n", plain(page.title));
  if (!page.purpose.empty()) out += fmt::format("\n{}\n", plain(page.purpose));
  out += "\n| | |\n|---|---|\n";
  for (const auto& [label, value] : page.facts) out += fmt::format("| {} | {} |\n", label, plain(value));
  for (const PageObject& object : page.objects) {
    out += fmt::format("\n## {}\n", plain(object.name));
    if (!object.description.empty()) out += fmt::format("\n{}\n", plain(object.description));
    out += columns_table(object) + rules_table(object);
  }
  if (!page.service_levels.empty()) out += "\n## Service levels\n\n";
  for (const ServiceLevel& level : page.service_levels)
    out += fmt::format("- {}: {}\n", plain(level.property), plain(amount_text(level)));
  if (!page.not_enforced.empty()) out += "\n## Not enforced\n\n";
  for (const auto& [clause, reason] : page.not_enforced)
    out += fmt::format("- {}: {}\n", plain(clause), plain(reason));
  return out;
}

}  // namespace haul::contract
