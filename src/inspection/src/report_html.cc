#include <fmt/format.h>

#include <algorithm>

#include "haul/base/units.h"
#include "haul/inspection/report.h"
#include "markup.h"

namespace haul::inspection {
namespace {

constexpr std::string_view kStyle = R"css(
:root { --ink:#1b2430; --soft:#5d6b7c; --line:#e3e8ee; --page:#f6f8fa; --card:#fff; --good:#1a7f4b;
  --bad:#c62f3b; --warn:#a86400; --bar:#dfe5ec; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --ink:#e6ebf1; --soft:#9aa8b8; --line:#2c3642; --page:#12171d;
  --card:#1a212a; --good:#4cc38a; --bad:#ff6b74; --warn:#f0a93b; --bar:#2c3642; } }
* { box-sizing: border-box; }
body { margin:0; background:var(--page); color:var(--ink); font:15px/1.5 system-ui,"Segoe UI",Roboto,sans-serif; }
main { max-width:1080px; margin:0 auto; padding:32px 20px 64px; }
h1 { font-size:24px; line-height:1.25; margin:0 0 4px; letter-spacing:-.01em; }
h2 { font-size:16px; margin:36px 0 10px; }
p { margin:0; } .soft { color:var(--soft); } .num { font-variant-numeric:tabular-nums; text-align:right; }
code { font:13px/1.45 ui-monospace,Menlo,Consolas,monospace; overflow-wrap:anywhere; }
header { display:flex; gap:16px; justify-content:space-between; align-items:flex-start; flex-wrap:wrap; }
.badge { font-weight:650; border-radius:999px; padding:6px 16px; color:#fff; background:var(--good); }
.badge.broken { background:#c62f3b; } .badge.warned { background:#a86400; } .badge.holds { background:#1a7f4b; }
.tiles { display:grid; grid-template-columns:repeat(auto-fit,minmax(150px,1fr)); gap:12px; margin:22px 0 14px; }
.tile { background:var(--card); border:1px solid var(--line); border-radius:10px; padding:12px 16px; }
.tile b { display:block; font-size:22px; font-variant-numeric:tabular-nums; letter-spacing:-.01em; }
.split { display:flex; height:8px; border-radius:4px; overflow:hidden; background:var(--bad); }
.split i { background:var(--good); }
.card { background:var(--card); border:1px solid var(--line); border-radius:10px; overflow-x:auto; }
table { border-collapse:collapse; width:100%; min-width:720px; }
th { text-align:left; font-weight:600; font-size:13px; color:var(--soft); }
th, td { padding:9px 14px; border-bottom:1px solid var(--line); vertical-align:top; }
tbody tr:last-child > td { border-bottom:0; }
.state { white-space:nowrap; font-weight:600; } .held { color:var(--good); } .bad { color:var(--bad); }
.warn { color:var(--warn); } details { margin-top:4px; } summary { cursor:pointer; color:var(--soft); }
ol { margin:6px 0 0; padding-left:0; list-style:none; } li { padding:3px 0; }
li span { color:var(--soft); font-variant-numeric:tabular-nums; margin-right:8px; white-space:nowrap; }
.meter { height:4px; border-radius:2px; background:var(--bar); margin-top:5px; min-width:70px; }
.meter i { display:block; height:100%; border-radius:2px; background:var(--bad); }
footer { margin-top:28px; font-size:13px; }
)css";

struct Words {
  std::string_view state;  ///< CSS class of the state.
  std::string_view sign;
};

Words words_of(const RuleOutcome& rule) {
  if (rule.status == RuleStatus::kHeld) return {"held", "✓"};
  const bool stops = contract::rejects(rule.severity);
  return {stops ? "bad" : "warn", rule.status == RuleStatus::kNotRun ? "–" : (stops ? "✗" : "!")};
}

std::string examples_of(const RuleOutcome& rule) {
  if (rule.status == RuleStatus::kNotRun) {
    return fmt::format("<p class=\"soft\">{}</p>", escaped(rule.why_not_run));
  }
  if (rule.examples.empty()) return "";
  std::string items;
  for (const BrokenRow& row : rule.examples) {
    items += fmt::format("<li><span>line {}</span>{}</li>", format_count(row.line), escaped(row.reason));
  }
  const std::string_view which = rule.failed > rule.examples.size() ? "first rows" : "rows";
  return fmt::format("<details open><summary>{}</summary><ol>{}</ol></details>", which, items);
}

/// What was found: broken rows with a bar of their share, or the number and its bound.
std::string found_cell(const RuleOutcome& rule) {
  if (rule.status == RuleStatus::kNotRun) return "–";
  if (rule.kind == RuleKind::kNumber) {
    return fmt::format("{}<br><span class=\"soft\">must be {}</span>",
                       rule.value ? fmt::format("{}", *rule.value) : "no value", escaped(rule.must_be));
  }
  if (rule.failed == 0) return "0";
  constexpr double kLeastVisible = 1.5;
  return fmt::format(
      "{}<br><span class=\"soft\">{:.4g} %</span><div class=\"meter\"><i style=\"width:{:.1f}%\"></i></div>",
      format_count(rule.failed), rule.failed_percent(), std::max(rule.failed_percent(), kLeastVisible));
}

std::string rule_row(const RuleOutcome& rule) {
  const Words words = words_of(rule);
  return fmt::format(
      "<tr><td class=\"state {}\">{} {}</td><td><code>{}</code><br><span class=\"soft\">{}</span>{}</td>"
      "<td>{}</td><td>{}</td><td class=\"num\">{}</td><td class=\"num\">{}</td></tr>\n",
      words.state, words.sign, to_string(rule.status), escaped(rule.id), escaped(rule.description),
      examples_of(rule), to_string(rule.kind), to_string(rule.severity), format_count(rule.checked),
      found_cell(rule));
}

/// Broken rules first, then those that were not run, each as the contract has them.
std::string rule_rows(const FileReport& report) {
  std::string rows;
  for (const RuleStatus status : {RuleStatus::kBroken, RuleStatus::kNotRun, RuleStatus::kHeld}) {
    for (const RuleOutcome& rule : report.rules) {
      if (rule.status == status) rows += rule_row(rule);
    }
  }
  return rows;
}

std::string tile(std::string_view label, const std::string& value) {
  return fmt::format("<div class=\"tile\"><b>{}</b><span class=\"soft\">{}</span></div>", value, label);
}

std::string tiles(const FileReport& report) {
  const auto held = std::count_if(report.rules.begin(), report.rules.end(),
                                  [](const RuleOutcome& rule) { return rule.status == RuleStatus::kHeld; });
  return tile("rows", format_count(report.rows)) + tile("valid", format_count(report.valid)) +
         tile("for quarantine", format_count(report.quarantined)) +
         tile("rules held", fmt::format("{} of {}", held, report.rules.size()));
}

std::string not_enforced(const FileReport& report) {
  if (report.not_enforced.empty()) return "";
  std::string rows;
  for (const contract::NotEnforced& clause : report.not_enforced) {
    rows += fmt::format("<tr><td>{}</td><td>{}</td><td><code>{}</code></td></tr>\n", escaped(clause.clause),
                        escaped(clause.reason), escaped(to_string(clause.place)));
  }
  return "<h2>In the contract, but not enforced</h2><div class=\"card\"><table><thead><tr><th>clause</th>"
         "<th>why</th><th>where</th></tr></thead><tbody>" +
         rows + "</tbody></table></div>";
}

struct Headline {
  std::string_view name;
  std::string_view text;
};

Headline headline(Verdict verdict) {
  switch (verdict) {
    case Verdict::kHolds:
      return {"holds", "keeps the contract"};
    case Verdict::kWarned:
      return {"warned", "keeps it, with warnings"};
    case Verdict::kBroken:
      return {"broken", "breaks the contract"};
  }
  return {};
}

}  // namespace

std::string to_html(const FileReport& report) {
  const Headline verdict = headline(verdict_of(report));
  const double valid_percent =
      report.rows == 0 ? 100 : 100.0 * static_cast<double>(report.valid) / static_cast<double>(report.rows);
  const std::string title =
      escaped(fmt::format("{} {}: {}", report.contract, report.contract_version, report.file));
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{0}</title>"
      "<style>{1}</style></head><body><main>\n"
      "<header><div><h1>{2}</h1><p class=\"soft\">contract {3} {4} · <code>{5}</code></p></div>"
      "<span class=\"badge {6}\">{7}</span></header>\n"
      "<div class=\"tiles\">{8}</div><div class=\"split\" role=\"img\" aria-label=\"{9:.2f} percent of the "
      "rows are "
      "valid\"><i style=\"width:{9:.3f}%\"></i></div>\n"
      "<h2>Rules</h2><div class=\"card\"><table><thead><tr><th>result</th><th>rule</th><th>kind</th>"
      "<th>severity</th><th class=\"num\">rows checked</th><th "
      "class=\"num\">found</th></tr></thead><tbody>\n{10}"
      "</tbody></table></div>\n{11}\n"
      "<footer class=\"soft\">{12} in {13:.2f} s</footer></main></body></html>\n",
      title, kStyle, escaped(report.file), escaped(report.contract), escaped(report.contract_version),
      escaped(report.contract_id), verdict.name, verdict.text, tiles(report), valid_percent,
      rule_rows(report), not_enforced(report), format_bytes(report.bytes), seconds_of(report));
}

}  // namespace haul::inspection
