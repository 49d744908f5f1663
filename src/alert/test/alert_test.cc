#include "haul/alert/alert.h"

#include <gtest/gtest.h>

namespace haul::alert {
namespace {

Alert too_many_bad_rows() {
  return {.kind = "error_share", .subject = "source scans", .occasion = "ab12", .message = "8 of 100 rows"};
}

TEST(AlertId, IsTheSameForTheSameKindSubjectAndOccasion) {
  Alert later = too_many_bad_rows();
  later.message = "9 of 100 rows";
  later.severity = Severity::kCritical;
  later.raised_at = IngestTime(Micros(1));

  EXPECT_EQ(alert_id(later), alert_id(too_many_bad_rows()));
  EXPECT_EQ(alert_id(later), "3cb00269ca7e6b5a625ec18b322a64d0");
}

TEST(AlertId, TellsPartsApartHoweverTheyAreDivided) {
  Alert other = too_many_bad_rows();
  other.kind = "error_sharesource";
  other.subject = " scans";

  EXPECT_NE(alert_id(other), alert_id(too_many_bad_rows()));
}

TEST(AlertSeverity, NamesTheNearestWhereAWordIsNone) {
  const auto severity = parse_severity("eror");

  ASSERT_FALSE(severity);
  EXPECT_EQ(severity.error().message, "\"eror\" is no severity; did you mean error?");
}

TEST(AlertSeverity, ReadsBackEveryName) {
  for (const Severity severity :
       {Severity::kInfo, Severity::kWarning, Severity::kError, Severity::kCritical}) {
    EXPECT_EQ(parse_severity(to_string(severity)), severity);
  }
}

}  // namespace
}  // namespace haul::alert
