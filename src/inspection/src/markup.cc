#include "markup.h"

#include <fmt/format.h>

#include "haul/base/json.h"
#include "haul/base/units.h"

namespace haul::inspection {
namespace {

/// Below U+0020 only these three are characters of XML 1.0; U+FFFE and U+FFFF are none.
bool is_xml(std::string_view character) {
  const char first = character.front();
  if (character.size() == 1) {
    return static_cast<unsigned char>(first) >= 0x20 || first == '\t' || first == '\n' || first == '\r';
  }
  return character != "\xEF\xBF\xBE" && character != "\xEF\xBF\xBF";
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view character = text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
    if (length == 0 || !is_xml(character)) {
      out += "\xEF\xBF\xBD";
    } else if (character == "&") {
      out += "&amp;";
    } else if (character == "<") {
      out += "&lt;";
    } else if (character == ">") {
      out += "&gt;";
    } else if (character == "\"") {
      out += "&quot;";
    } else {
      out += character;
    }
  }
  return out;
}

std::string outcome_text(const RuleOutcome& rule) {
  if (rule.status == RuleStatus::kNotRun) return "not run: " + rule.why_not_run;
  if (rule.kind == RuleKind::kNumber) {
    return fmt::format("{}, must be {}", rule.value ? fmt::format("{}", *rule.value) : "no value",
                       rule.must_be);
  }
  if (rule.failed == 0) return fmt::format("{} rows checked", format_count(rule.checked));
  return fmt::format("{} of {} rows ({:.4g} %)", format_count(rule.failed), format_count(rule.checked),
                     rule.failed_percent());
}

double seconds_of(const FileReport& report) { return std::chrono::duration<double>(report.duration).count(); }

}  // namespace haul::inspection
