#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "haul/base/result.h"

namespace haul::adapters::postgres {

enum class Case : std::uint8_t { kCounts, kIgnored };

/// A regular expression of PostgreSQL (the operators ~ and ~*) as a pattern of a contract, which ECMA-262 and
/// RE2 read alike. kInvalidInput: it uses what depends on PostgreSQL or its locale, as \w, \y, [[:alpha:]],
/// look-around and back references; the message says what.
Result<std::string> pattern_of_regex(std::string_view regex, Case letters);

/// A LIKE pattern likewise: "SH%" -> "^SH". kInvalidInput: it ends within an escape.
Result<std::string> pattern_of_like(std::string_view like, Case letters);

}  // namespace haul::adapters::postgres
