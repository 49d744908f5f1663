#include "patterns.h"

#include <arrow/compute/api.h>
#include <arrow/compute/initialize.h>
#include <arrow/datum.h>
#include <arrow/scalar.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

namespace haul::contract {
namespace {

struct FormatPattern {
  std::string_view format;
  std::string_view pattern;
};
constexpr std::array<FormatPattern, 8> kFormats{{
    {"uuid", "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"},
    {"email", R"(^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$)"},
    {"hostname",
     "^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$"},
    {"ipv4",
     "^((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])$"},
    {"uri", R"(^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$)"},
    {"byte", "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"},
    {"date", "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"},
    {"date-time",
     "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
     "(\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$"},
}};

/// What RE2 runs and ECMA-262 reads as something else.
struct Difference {
  std::string_view written;
  std::string_view advice;
};
constexpr std::array<Difference, 10> kDifferences{{
    {"\\A", "write ^"},
    {"\\z", "write $"},
    {"\\Q", "write the characters with a backslash each"},
    {"\\E", "write the characters with a backslash each"},
    {"\\C", "write ."},
    {"\\a", "write \\x07"},
    {"(?P<", "write ( without a name"},
    {"(?i", "write both cases, as [aA]"},
    {"(?s", "write [\\s\\S] for any character"},
    {"(?m", "match one line"},
}};

/// Whether RE2 finds the pattern in the text, by way of Arrow, which carries it.
arrow::Result<bool> find_in(std::string_view pattern, std::string_view text) {
  static const arrow::Status kReady = arrow::compute::Initialize();
  ARROW_RETURN_NOT_OK(kReady);
  const arrow::compute::MatchSubstringOptions options{std::string(pattern)};
  const arrow::Datum where(std::make_shared<arrow::StringScalar>(std::string(text)));
  ARROW_ASSIGN_OR_RAISE(const arrow::Datum found,
                        arrow::compute::CallFunction("match_substring_regex", {where}, &options));
  return found.scalar_as<arrow::BooleanScalar>().value;
}

/// RE2's own word about the pattern.
std::optional<std::string> re2_problem(std::string_view pattern) {
  const arrow::Result<bool> match = find_in(pattern, "");
  if (match.ok()) return std::nullopt;
  constexpr std::string_view kPrefix = "Invalid regular expression: ";
  const std::string message = match.status().message();
  return message.starts_with(kPrefix) ? message.substr(kPrefix.size()) : message;
}

std::optional<std::string> difference(std::string_view pattern) {
  bool in_class = false;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const std::string_view rest = pattern.substr(at);
    for (const auto& [written, advice] : kDifferences) {
      if (rest.starts_with(written))
        return fmt::format("`{}` has no meaning in ECMA-262; {}", written, advice);
    }
    if (in_class && rest.starts_with("[:")) {
      return std::string("`[:` opens no class in ECMA-262; write the characters, as [A-Za-z]");
    }
    if (!in_class && (rest.starts_with("[]") || rest.starts_with("[^]"))) {
      return std::string("`[]` holds nothing in ECMA-262; write the characters, or \\] for the bracket");
    }
    in_class = rest.front() == '[' || (in_class && rest.front() != ']');
    if (rest.front() == '\\') ++at;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> pattern_problem(std::string_view pattern) {
  if (pattern.empty()) return std::string("an empty pattern matches every text; remove it");
  if (auto problem = difference(pattern)) return problem;
  if (const auto problem = re2_problem(pattern)) {
    return fmt::format("RE2, which runs patterns, says: {}; write it without look-around and back references",
                       *problem);
  }
  return std::nullopt;
}

bool matches_pattern(std::string_view pattern, std::string_view text) {
  return find_in(pattern, text).ValueOr(false);
}

std::optional<std::string_view> format_pattern(std::string_view format) {
  const auto* const found = std::find_if(kFormats.begin(), kFormats.end(),
                                         [&](const FormatPattern& each) { return each.format == format; });
  return found == kFormats.end() ? std::nullopt : std::optional(found->pattern);
}

}  // namespace haul::contract
