#include "haul/inspection/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace haul::inspection {
namespace {

using contract::Severity;
using ::testing::HasSubstr;
using ::testing::Not;

RuleOutcome outcome(RuleStatus status, Severity severity) {
  RuleOutcome rule{.id = "legs.tail<num>.pattern", .severity = severity, .status = status};
  rule.checked = 200;
  rule.failed = status == RuleStatus::kBroken ? 3 : 0;
  if (rule.failed > 0) rule.examples = {{17, "breaks `a < b` & more\x01\xFF"}};
  return rule;
}

FileReport report_of(std::vector<RuleOutcome> rules) {
  FileReport report;
  report.contract = "legs";
  report.contract_version = "1.0.0";
  report.file = "legs.csv";
  report.rules = std::move(rules);
  return report;
}

TEST(Verdict, IsBrokenWhereARuleOfSeverityErrorOrBlockDidNotHold) {
  EXPECT_EQ(verdict_of(report_of({outcome(RuleStatus::kHeld, Severity::kBlock)})), Verdict::kHolds);
  EXPECT_EQ(verdict_of(report_of({outcome(RuleStatus::kBroken, Severity::kError)})), Verdict::kBroken);
  EXPECT_EQ(verdict_of(report_of({outcome(RuleStatus::kBroken, Severity::kBlock)})), Verdict::kBroken);
  EXPECT_EQ(verdict_of(report_of({outcome(RuleStatus::kBroken, Severity::kWarning)})), Verdict::kWarned);
  EXPECT_EQ(verdict_of(report_of({outcome(RuleStatus::kBroken, Severity::kInfo)})), Verdict::kWarned);
}

TEST(Verdict, DoesNotCountARuleThatWasNotRunAsHeld) {
  EXPECT_EQ(verdict_of(report_of({outcome(RuleStatus::kNotRun, Severity::kError)})), Verdict::kBroken);
  EXPECT_EQ(verdict_of(report_of({outcome(RuleStatus::kNotRun, Severity::kWarning)})), Verdict::kWarned);
}

TEST(JUnitReport, EscapesWhatXmlDoesNotHold) {
  const std::string xml = to_junit(report_of({outcome(RuleStatus::kBroken, Severity::kError)}));

  EXPECT_THAT(xml, HasSubstr("name=\"legs.tail&lt;num&gt;.pattern\""));
  EXPECT_THAT(xml, HasSubstr("line 17: breaks `a &lt; b` &amp; more\xEF\xBF\xBD\xEF\xBF\xBD"));
  EXPECT_THAT(xml, Not(HasSubstr("\x01")));
}

TEST(JUnitReport, FailsForErrorsSkipsWhatDidNotRunAndPassesWarnings) {
  const std::string xml = to_junit(report_of({outcome(RuleStatus::kBroken, Severity::kError),
                                              outcome(RuleStatus::kBroken, Severity::kWarning),
                                              outcome(RuleStatus::kNotRun, Severity::kError)}));

  EXPECT_THAT(xml, HasSubstr("tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\""));
  EXPECT_THAT(xml, HasSubstr("<system-out>warning: 3 of 200 rows (1.5 %)"));
}

TEST(HtmlReport, ShowsBrokenRulesBeforeTheOthers) {
  auto held = outcome(RuleStatus::kHeld, Severity::kError);
  held.id = "held.first";

  const std::string html = to_html(report_of({held, outcome(RuleStatus::kBroken, Severity::kError)}));

  EXPECT_LT(html.find("legs.tail&lt;num&gt;.pattern"), html.find("held.first"));
  EXPECT_THAT(html, HasSubstr("breaks the contract"));
  EXPECT_THAT(html, Not(HasSubstr("http")));
}

TEST(JsonReport, GivesNumbersThatAreNoneAsNull) {
  RuleOutcome number{.id = "n", .kind = RuleKind::kNumber};
  number.must_be = "= 0";

  EXPECT_THAT(to_json(report_of({number})), HasSubstr("\"value\": null, \"must_be\": \"= 0\""));
}

}  // namespace
}  // namespace haul::inspection
