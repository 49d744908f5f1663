#include "check_tokens.h"

#include <cctype>

namespace haul::adapters::postgres {
namespace {

using Kind = Token::Kind;

constexpr std::string_view kOperators = "+-*/<>=~!@#%^&|?:";

bool is_word_part(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// What stands between quotes; doubled ones are one. Moves `at` behind the closing one.
Result<std::string> take_quoted(std::string_view text, std::size_t& at) {
  const char quote = text[at++];
  std::string out;
  for (; at < text.size(); ++at) {
    if (text[at] == quote && (at + 1 == text.size() || text[at + 1] != quote)) {
      ++at;
      return out;
    }
    if (text[at] == quote) ++at;
    out += text[at];
  }
  return fail(ErrorCode::kInvalidInput, "a quote stays open");
}

std::string take_while(std::string_view text, std::size_t& at, bool (*is_part)(char)) {
  const std::size_t begin = at;
  while (at < text.size() && is_part(text[at])) ++at;
  return std::string(text.substr(begin, at - begin));
}

}  // namespace

Result<std::vector<Token>> read_tokens(std::string_view expression) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < expression.size();) {
    const char c = expression[at];
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++at;
    } else if (c == '\'' || c == '"') {
      HAUL_TRY(text, take_quoted(expression, at));
      tokens.push_back({c == '\'' ? Kind::kText : Kind::kName, text});
    } else if (is_digit(c)) {
      tokens.push_back(
          {Kind::kNumber, take_while(expression, at, [](char d) { return is_digit(d) || d == '.'; })});
    } else if (is_word_part(c)) {
      tokens.push_back({Kind::kWord, take_while(expression, at, is_word_part)});
    } else if (kOperators.find(c) != std::string_view::npos) {
      tokens.push_back({Kind::kSymbol, take_while(expression, at, [](char d) {
                          return kOperators.find(d) != std::string_view::npos;
                        })});
    } else {
      tokens.push_back({Kind::kSymbol, std::string(1, c)});
      ++at;
    }
  }
  tokens.push_back({});
  return tokens;
}

}  // namespace haul::adapters::postgres
