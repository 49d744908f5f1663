#include <fmt/format.h>

#include "haul/inspection/report.h"
#include "markup.h"

namespace haul::inspection {
namespace {

bool is_failure(const RuleOutcome& rule) {
  return rule.status == RuleStatus::kBroken && contract::rejects(rule.severity);
}

/// The examples, a line each.
std::string details(const RuleOutcome& rule) {
  std::string out = rule.description.empty() ? "" : rule.description + "\n";
  for (const BrokenRow& row : rule.examples) out += fmt::format("line {}: {}\n", row.line, row.reason);
  return escaped(out);
}

std::string testcase(const FileReport& report, const RuleOutcome& rule) {
  std::string out =
      fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\"",
                  escaped(fmt::format("{}.{}", report.contract, to_string(rule.kind))), escaped(rule.id));
  const std::string text = escaped(outcome_text(rule));
  if (is_failure(rule)) {
    return out + fmt::format(">\n      <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>\n",
                             to_string(rule.severity), text, details(rule));
  }
  if (rule.status == RuleStatus::kNotRun) {
    return out + fmt::format(">\n      <skipped message=\"{}\"/>\n    </testcase>\n", text);
  }
  if (rule.status == RuleStatus::kBroken) {
    return out + fmt::format(">\n      <system-out>{}: {}\n{}</system-out>\n    </testcase>\n",
                             to_string(rule.severity), text, details(rule));
  }
  return out + "/>\n";
}

}  // namespace

std::string to_junit(const FileReport& report) {
  std::size_t failures = 0;
  std::size_t skipped = 0;
  std::string cases;
  for (const RuleOutcome& rule : report.rules) {
    failures += is_failure(rule) ? 1 : 0;
    skipped += rule.status == RuleStatus::kNotRun ? 1 : 0;
    cases += testcase(report, rule);
  }
  const std::string counts =
      fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"{:.3f}\"",
                  report.rules.size(), failures, skipped, seconds_of(report));
  const auto property = [](std::string_view name, std::string_view value) {
    return fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, escaped(value));
  };
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {0}>\n"
      "  <testsuite name=\"{1}\" {0}>\n    <properties>\n{2}    </properties>\n{3}  </testsuite>\n"
      "</testsuites>\n",
      counts, escaped(fmt::format("{} {}", report.contract, report.contract_version)),
      property("file", report.file) + property("rows", std::to_string(report.rows)) +
          property("valid", std::to_string(report.valid)) +
          property("quarantined", std::to_string(report.quarantined)),
      cases);
}

}  // namespace haul::inspection
