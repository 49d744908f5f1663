#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"

namespace haul::adapters::postgres {

/// A piece of an expression as pg_get_expr() writes it.
struct Token {
  enum class Kind { kWord, kName, kText, kNumber, kSymbol, kEnd };
  Kind kind = Kind::kEnd;
  std::string text;  ///< A word as written, a quoted name and a text without their quotes.
};

/// The pieces, with one kEnd behind them. kInvalidInput: a quote that stays open.
Result<std::vector<Token>> read_tokens(std::string_view expression);

}  // namespace haul::adapters::postgres
