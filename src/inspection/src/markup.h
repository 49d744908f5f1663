#pragma once

#include <string>
#include <string_view>

#include "haul/inspection/report.h"

namespace haul::inspection {

/// `text` for the text and the attributes of XML and HTML: markup escaped, bytes that are no UTF-8 and
/// characters that XML 1.0 does not have as U+FFFD.
[[nodiscard]] std::string escaped(std::string_view text);

/// What happened to a rule, in one line: "25 of 10,000 rows (0.25 %)", "12, must be < 10", or why it was not
/// run.
[[nodiscard]] std::string outcome_text(const RuleOutcome& rule);

[[nodiscard]] double seconds_of(const FileReport& report);

}  // namespace haul::inspection
