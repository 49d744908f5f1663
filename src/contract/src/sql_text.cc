#include "sql_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "haul/base/sql_words.h"

namespace haul::contract {
namespace {

struct Token {
  enum class Kind { kWord, kQuoted, kVariable, kSymbol };
  Kind kind = Kind::kSymbol;
  std::string_view text;
  std::string word;  ///< In upper case, for kWord.
};

tl::unexpected<Error> refuse(std::string message) {
  return fail(ErrorCode::kInvalidInput, std::move(message));
}

bool is_word_part(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

/// Splits a query into tokens; comments fall away.
class Tokenizer {
 public:
  explicit Tokenizer(std::string_view sql) : sql_(sql) {}

  Result<std::vector<Token>> run() {
    std::vector<Token> tokens;
    while (skip_blanks_and_comments()) {
      HAUL_TRY(token, next());
      tokens.push_back(token);
    }
    if (open_comment_) return refuse("the comment that `/*` opens is never closed; close it with `*/`");
    return tokens;
  }

 private:
  /// False at the end.
  bool skip_blanks_and_comments() {
    while (at_ < sql_.size()) {
      if (std::isspace(static_cast<unsigned char>(sql_[at_])) != 0) {
        ++at_;
      } else if (sql_.substr(at_, 2) == "--") {
        at_ = std::min(sql_.find('\n', at_), sql_.size());
      } else if (sql_.substr(at_, 2) == "/*") {
        const auto end = sql_.find("*/", at_ + 2);
        open_comment_ = end == std::string_view::npos;
        at_ = open_comment_ ? sql_.size() : end + 2;
      } else {
        return true;
      }
    }
    return false;
  }

  Result<Token> next() {
    const std::size_t begin = at_;
    const char c = sql_[at_];
    if (c == '\'' || c == '"') return quoted(c);
    if (c == '$') return refuse("`$` is not read in a rule; quote texts with '...'");
    if (c == '{') return variable();
    if (!is_word_part(c)) return take(Token::Kind::kSymbol, begin, begin + 1);
    std::size_t end = begin;
    while (end < sql_.size() && is_word_part(sql_[end])) ++end;
    if (end < sql_.size() && sql_[end] == '\'' && end - begin == 1) {
      return refuse(fmt::format("the prefix of `{}'` is not read in a rule; quote texts with '...'", c));
    }
    return take(Token::Kind::kWord, begin, end);
  }

  Result<Token> quoted(char quote) {
    for (std::size_t end = at_ + 1; end < sql_.size(); ++end) {
      if (sql_[end] != quote) continue;
      if (end + 1 < sql_.size() && sql_[end + 1] == quote) {
        ++end;
        continue;
      }
      return take(Token::Kind::kQuoted, at_, end + 1);
    }
    return refuse(fmt::format("a quote {} is never closed; close it", quote));
  }

  Result<Token> variable() {
    const auto end = sql_.find('}', at_);
    const std::string_view name = end == std::string_view::npos ? "" : sql_.substr(at_ + 1, end - at_ - 1);
    if (name != "object" && name != "property") {
      const std::string_view written = sql_.substr(at_, std::min<std::size_t>(end - at_ + 1, 20));
      return refuse(fmt::format(
          "`{}` is no variable; write {{object}} for the table and {{property}} for the column", written));
    }
    return take(Token::Kind::kVariable, at_, end + 1);
  }

  Token take(Token::Kind kind, std::size_t begin, std::size_t end) {
    at_ = end;
    const std::string_view text = sql_.substr(begin, end - begin);
    return {kind, text, kind == Token::Kind::kWord ? upper(text) : std::string()};
  }

  std::string_view sql_;
  std::size_t at_ = 0;
  bool open_comment_ = false;
};

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// The tokens as SQL again, with a blank where there was a gap.
std::string join(const std::vector<Token>& tokens, std::size_t begin, std::string_view column) {
  std::string sql;
  for (std::size_t i = begin; i < tokens.size(); ++i) {
    const std::string_view text = tokens[i].text;
    if (i > begin && tokens[i - 1].text.data() + tokens[i - 1].text.size() != text.data()) sql += ' ';
    sql += text == "{property}" ? quoted_name(column) : std::string(text);
  }
  return sql;
}

Result<void> check_brackets(const std::vector<Token>& tokens) {
  int depth = 0;
  for (const Token& token : tokens) {
    if (token.text == "(") ++depth;
    if (token.text == ")" && --depth < 0) return refuse("a `)` closes nothing; remove it");
  }
  if (depth > 0) return refuse("a `(` is never closed; close it");
  return {};
}

/// Words that make a condition more than one about a row. Those of the second list do so only as functions: a
/// column may have such a name.
bool is_not_of_a_row(const std::vector<Token>& tokens, std::size_t at) {
  static constexpr std::array<std::string_view, 6> kWords{
      "SELECT", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP"};
  static constexpr std::array<std::string_view, 9> kFunctions{"VALUES",
                                                              "OVER",
                                                              "NOW",
                                                              "TODAY",
                                                              "RANDOM",
                                                              "UUID",
                                                              "GEN_RANDOM_UUID",
                                                              "GET_CURRENT_TIMESTAMP",
                                                              "TRANSACTION_TIMESTAMP"};
  const bool called = at + 1 < tokens.size() && tokens[at + 1].text == "(";
  const bool subquery = tokens[at].word == "FROM" && tokens[at - 1].text == "(";
  return subquery || is_one_of(tokens[at].word, kWords) || (called && is_one_of(tokens[at].word, kFunctions));
}

/// Whether the condition that begins at `begin` can be answered from one row: no subquery, no window, no
/// clause after it, no function that gives another answer tomorrow.
bool looks_at_one_row(const std::vector<Token>& tokens, std::size_t begin) {
  static constexpr std::array<std::string_view, 12> kClauses{"GROUP",  "HAVING",  "ORDER",  "LIMIT",
                                                             "OFFSET", "UNION",   "EXCEPT", "INTERSECT",
                                                             "WINDOW", "QUALIFY", "FETCH",  "USING"};
  int depth = 0;
  for (std::size_t i = begin; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.text == "(") ++depth;
    if (token.text == ")") --depth;
    if (token.text == "{object}" || is_not_of_a_row(tokens, i)) return false;
    if (depth == 0 && is_one_of(token.word, kClauses)) return false;
  }
  return true;
}

/// The index of the first token of the condition, or 0 where the query has another form.
std::size_t condition_of_count(const std::vector<Token>& tokens) {
  static constexpr std::array<std::string_view, 8> kForm{"SELECT", "COUNT", "(",        "*",
                                                         ")",      "FROM",  "{object}", "WHERE"};
  if (tokens.size() <= kForm.size()) return 0;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (tokens[i].text != kForm.at(i) && tokens[i].word != kForm.at(i)) return 0;
  }
  return looks_at_one_row(tokens, kForm.size()) ? kForm.size() : 0;
}

}  // namespace

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

Result<RuleQuery> read_rule_query(std::string_view query, std::string_view column) {
  HAUL_TRY(tokens, Tokenizer(query).run());
  while (!tokens.empty() && tokens.back().text == ";") tokens.pop_back();
  const auto has = [&](std::string_view text) {
    return std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) { return token.text == text; });
  };
  if (has(";")) return refuse("a rule is one statement; remove what follows the `;`");
  if (tokens.empty() || (tokens[0].word != "SELECT" && tokens[0].word != "WITH")) {
    return refuse("a rule is a query; begin it with SELECT");
  }
  HAUL_TRY_VOID(check_brackets(tokens));
  if (!has("{object}")) return refuse("the query does not read {object}; write FROM {object}");
  if (column.empty() && has("{property}")) {
    return refuse(
        "{property} stands for a column, and this rule belongs to the object; write the column's name");
  }
  RuleQuery read{join(tokens, 0, column), std::nullopt, {}};
  for (const Token& token : tokens) {
    if (token.text == "{property}") {
      read.names.push_back(lower(column));
    } else if (token.kind == Token::Kind::kWord) {
      read.names.push_back(lower(token.text));
    } else if (token.kind == Token::Kind::kQuoted && token.text.front() == '"') {
      read.names.push_back(lower(token.text.substr(1, token.text.size() - 2)));
    }
  }
  if (const std::size_t condition = condition_of_count(tokens); condition != 0) {
    read.row_condition = join(tokens, condition, column);
  }
  return read;
}

}  // namespace haul::contract
