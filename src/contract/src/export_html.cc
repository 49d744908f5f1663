#include <fmt/format.h>

#include "export_page.h"

namespace haul::contract {
namespace {

/// The look of the page. No script, nothing from elsewhere; light and dark as the reader's system has it.
constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --ink: #1c2530; --soft: #5b6875; --line: #dfe4ea; --paper: #ffffff;
  --band: #f5f7f9; --accent: #0b63a5; --warn: #8a5a00; --stop: #a3252c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9ee; --soft: #9aa7b4; --line: #303a45;
  --paper: #14191f; --band: #1b222a; --accent: #6db4ec; --warn: #e0b04a; --stop: #f08a8f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1160px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { margin: 0; font-size: 30px; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 44px 0 6px; font-size: 20px; }
h3 { margin: 28px 0 8px; font-size: 15px; }
p { margin: 8px 0; max-width: 76ch; }
.lead { font-size: 17px; color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 20px 0 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; margin-top: 12px; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th, td { padding: 9px 14px; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
th { border-top: 0; background: var(--band); color: var(--soft); font-weight: 600; white-space: nowrap; }
td ul { margin: 0; padding: 0; list-style: none; }
td li + li { margin-top: 4px; }
code { font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
td:first-child code { font-weight: 600; white-space: nowrap; }
.type { color: var(--accent); overflow-wrap: normal; }
.mark { display: inline-block; margin: 0 4px 4px 0; padding: 0 8px; border-radius: 10px; font-size: 12px;
  line-height: 20px; background: var(--band); border: 1px solid var(--line); color: var(--soft); }
.key { color: var(--accent); border-color: currentcolor; }
.personal, .block { color: var(--stop); border-color: currentcolor; }
.warning { color: var(--warn); border-color: currentcolor; }
footer { margin-top: 56px; color: var(--soft); font-size: 13px; }
@media print { main { max-width: none; padding: 0; } .scroll { overflow: visible; } }
)";

/// `text` for element content and for attributes in double quotes.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string mark(std::string_view word) {
  return fmt::format("<span class=\"mark {0}\">{0}</span>", escaped(word));
}

std::string code(std::string_view text) { return fmt::format("<code>{}</code>", escaped(text)); }

std::string rule_item(const PageRule& rule) {
  const std::string severity = rule.severity == "error" ? "" : " " + mark(rule.severity);
  if (rule.says.empty()) return fmt::format("<li>{}{}</li>", code(rule.sql), severity);
  return fmt::format("<li title=\"{}\">{}{}</li>", escaped(rule.sql), escaped(rule.says), severity);
}

std::string columns_table(const PageObject& object) {
  std::string out =
      "<div class=\"scroll\"><table>\n<thead><tr><th>Column</th><th>Type</th><th></th><th>Rules</th>"
      "<th>Description</th></tr></thead>\n<tbody>\n";
  for (const PageColumn& column : object.columns) {
    std::string marks;
    for (const std::string_view word : column.marks) marks += mark(word);
    std::string rules;
    for (const PageRule& rule : column.rules) rules += rule_item(rule);
    if (!rules.empty()) rules = "<ul>" + rules + "</ul>";
    out += fmt::format(
        "<tr><td>{}</td><td><code class=\"type\">{}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        code(column.name), escaped(column.type), marks, rules, escaped(column.description));
  }
  return out + "</tbody>\n</table></div>\n";
}

std::string rules_table(const PageObject& object) {
  if (object.rules.empty()) return "";
  std::string out =
      "<h3>Rules about several columns and about the whole</h3>\n<div class=\"scroll\"><table>\n"
      "<thead><tr><th>Rule</th><th>Severity</th><th>Says</th><th>Query</th></tr></thead>\n<tbody>\n";
  for (const PageRule& rule : object.rules) {
    out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", escaped(rule.id),
                       mark(rule.severity), escaped(rule.says), code(rule.sql));
  }
  return out + "</tbody>\n</table></div>\n";
}

std::string pairs_table(std::string_view title, std::string_view left, std::string_view right,
                        const std::vector<std::pair<std::string, std::string>>& rows) {
  if (rows.empty()) return "";
  std::string out = fmt::format(
      "<h2>{}</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th>{}</th><th>{}</th></tr></thead>\n<tbody>\n",
      title, left, right);
  for (const auto& [first, second] : rows)
    out += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", escaped(first), escaped(second));
  return out + "</tbody>\n</table></div>\n";
}

std::string head(const Page& page) {
  std::string out = fmt::format("<header>\n<h1>{}</h1>\n", escaped(page.title));
  if (!page.purpose.empty()) out += fmt::format("<p class=\"lead\">{}</p>\n", escaped(page.purpose));
  out += "<dl>\n";
  for (const auto& [label, value] : page.facts)
    out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", label, escaped(value));
  return out + "</dl>\n</header>\n";
}

}  // namespace

std::string to_html(const ExportView& view) {
  const Page page = page_of(view);
  std::string body = head(page);
  for (const PageObject& object : page.objects) {
    body += fmt::format("<h2>{}</h2>\n", escaped(object.name));
    if (!object.description.empty()) body += fmt::format("<p>{}</p>\n", escaped(object.description));
    body += columns_table(object) + rules_table(object);
  }
  std::vector<std::pair<std::string, std::string>> levels;
  for (const ServiceLevel& level : page.service_levels)
    levels.emplace_back(level.property, amount_text(level));
  body += pairs_table("Service levels", "Property", "Value", levels);
  body += pairs_table("Not enforced", "Clause", "Why", page.not_enforced);
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n{}"
      "<footer>Open Data Contract, as Haul enforces it.</footer>\n</main>\n</body>\n</html>\n",
      escaped(page.title), kStyle, body);
}

}  // namespace haul::contract
