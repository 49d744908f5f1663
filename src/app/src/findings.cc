#include "findings.h"

#include <fmt/format.h>

#include <algorithm>

namespace haul::app {
namespace {

Report::Cell cell(const std::string& text) { return text.empty() ? Report::Cell() : Report::Cell(text); }

std::string_view name_of(Weight weight) {
  switch (weight) {
    case Weight::kError:
      return "error";
    case Weight::kWarning:
      return "warning";
    case Weight::kNotEnforced:
      return "not enforced";
    case Weight::kChange:
      return "change";
  }
  return "";
}

}  // namespace

void Findings::add(Weight weight, std::string_view message, const FindingDetails& details) {
  while (!message.empty()) {
    const std::size_t end = std::min(message.find('\n'), message.size());
    const std::string_view line = message.substr(0, end);
    const std::size_t split = line.find(": ");
    const bool has_place =
        split != std::string_view::npos && line.substr(0, split).find(':') != std::string_view::npos;
    findings_.push_back({weight, std::string(has_place ? line.substr(0, split) : ""),
                         std::string(has_place ? line.substr(split + 2) : line), details});
    errors_ += weight == Weight::kError ? 1 : 0;
    warnings_ += weight == Weight::kWarning ? 1 : 0;
    message.remove_prefix(std::min(end + 1, message.size()));
  }
}

std::string change_text(std::string_view place, std::string_view message, const FindingDetails& details) {
  std::string text =
      fmt::format("{:<9} {}  {}\n          {}\n", details.impact, details.rule, place, message);
  if (!details.example.empty())
    text += fmt::format("          {}: {}\n", details.example_shows, details.example);
  if (!details.used_by.empty()) text += fmt::format("          used by: {}\n", details.used_by);
  return text;
}

std::string Findings::changes_text() const {
  std::string text;
  for (const Finding& finding : findings_) {
    if (finding.weight == Weight::kChange)
      text += change_text(finding.place, finding.message, finding.details);
  }
  return text;
}

Report Findings::report(Columns columns) const {
  std::vector<std::string> names{"severity", "place", "message"};
  if (columns == Columns::kWithDetails) {
    for (const char* name : {"rule", "impact", "contract", "used_by", "example_shows", "example"})
      names.emplace_back(name);
  }
  Report report(std::move(names));
  for (const Finding& finding : findings_) {
    if (columns == Columns::kPlain && finding.weight == Weight::kChange) continue;
    std::vector<Report::Cell> row{std::string(name_of(finding.weight)), finding.place, finding.message};
    if (columns == Columns::kWithDetails) {
      const FindingDetails& details = finding.details;
      for (const std::string* text : {&details.rule, &details.impact, &details.contract, &details.used_by,
                                      &details.example_shows, &details.example}) {
        row.push_back(cell(*text));
      }
    }
    report.add(std::move(row));
  }
  return report;
}

}  // namespace haul::app
