#include "check_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "check_terms.h"
#include "haul/base/sql_words.h"

namespace haul::adapters::postgres {
namespace {

using Kind = Token::Kind;
constexpr int kDepthMax = 200;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

/// Recursive descent over the tokens of one expression.
class Reader {
 public:
  Reader(std::vector<Token> tokens, const std::vector<CheckColumn>& columns)
      : tokens_(std::move(tokens)), columns_(columns) {}

  Result<Condition> run() {
    HAUL_TRY(term, disjunction());
    if (token().kind != Kind::kEnd) return not_taken(fmt::format("`{}`", token().text));
    if (term.kind != ValueKind::kBoolean) return not_taken("a condition that is no boolean");
    return Condition{term.sql, term.facts};
  }

 private:
  [[nodiscard]] const Token& token(std::size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  [[nodiscard]] bool next_is(std::string_view text, std::size_t ahead = 0) const {
    const Token& next = token(ahead);
    return (next.kind == Kind::kWord || next.kind == Kind::kSymbol) && next.text == text;
  }
  bool take(std::string_view text) {
    if (!next_is(text)) return false;
    ++at_;
    return true;
  }
  Result<void> expect(std::string_view text) {
    if (take(text)) return {};
    return not_taken(fmt::format("`{}`", token().text));
  }

  Result<Term> disjunction() {
    HAUL_TRY(first, conjunction());
    Term all = first;
    while (take("OR")) {
      HAUL_TRY(next, conjunction());
      all = Term{.kind = ValueKind::kBoolean, .sql = fmt::format("({} OR {})", all.sql, next.sql)};
    }
    return all;
  }

  Result<Term> conjunction() {
    HAUL_TRY(first, negation());
    Term all = first;
    while (take("AND")) {
      HAUL_TRY(next, negation());
      Term both{.kind = ValueKind::kBoolean, .sql = fmt::format("({} AND {})", all.sql, next.sql)};
      if (!all.facts.empty() && !next.facts.empty()) {
        both.facts = all.facts;
        both.facts.insert(both.facts.end(), next.facts.begin(), next.facts.end());
      }
      all = std::move(both);
    }
    return all;
  }

  Result<Term> negation() {
    if (!take("NOT")) return predicate();
    HAUL_TRY(term, negation());
    if (term.kind != ValueKind::kBoolean) return not_taken("this use of NOT");
    return Term{.kind = ValueKind::kBoolean, .sql = fmt::format("(NOT {})", term.sql)};
  }

  Result<Term> predicate() {
    HAUL_TRY(left, sum());
    if (take("IS")) return is_test(left);
    static constexpr std::array<std::string_view, 6> kComparisons{"=", "<>", "<", "<=", ">", ">="};
    static constexpr std::array<std::string_view, 8> kMatches{"~",  "~*",  "!~",  "!~*",
                                                              "~~", "~~*", "!~~", "!~~*"};
    const std::string op = token().text;
    const bool is_symbol = token().kind == Kind::kSymbol;
    if (is_symbol && std::find(kComparisons.begin(), kComparisons.end(), op) != kComparisons.end()) {
      ++at_;
      const bool is_any = op == "=" && next_is("ANY");
      if (is_any || (op == "<>" && next_is("ALL"))) {
        ++at_;
        HAUL_TRY(values, list());
        return compare_with_list(left, op, values);
      }
      HAUL_TRY(right, sum());
      return compare(left, op, right);
    }
    if (is_symbol && std::find(kMatches.begin(), kMatches.end(), op) != kMatches.end()) {
      ++at_;
      HAUL_TRY(right, sum());
      return match(left, op, right);
    }
    return left;
  }

  Result<Term> is_test(const Term& left) {
    const bool is_not = take("NOT");
    Term test{.kind = ValueKind::kBoolean};
    if (take("NULL") || take("UNKNOWN")) {
      test.sql = fmt::format("({} IS {}NULL)", left.sql, is_not ? "NOT " : "");
      if (is_not && !left.column.empty()) test.facts.push_back({Fact::Kind::kRequired, left.column});
      return test;
    }
    if (take("DISTINCT")) {
      HAUL_TRY_VOID(expect("FROM"));
      HAUL_TRY(right, sum());
      HAUL_TRY_VOID(compare(left, "=", right));
      test.sql = fmt::format("({} IS {}DISTINCT FROM {})", left.sql, is_not ? "NOT " : "", right.sql);
      return test;
    }
    const bool truth = next_is("TRUE");
    if (left.kind != ValueKind::kBoolean || !(take("TRUE") || take("FALSE")))
      return not_taken("this use of IS");
    test.sql = fmt::format("coalesce({}, {})", left.sql, truth ? "false" : "true");
    if (is_not == truth) test.sql = fmt::format("(NOT {})", test.sql);
    return test;
  }

  Result<Term> sum() {
    HAUL_TRY(first, product());
    Term all = first;
    while (next_is("+") || next_is("-")) {
      const std::string op = tokens_[at_++].text;
      HAUL_TRY(next, product());
      HAUL_TRY(both, calculate(all, op, next));
      all = both;
    }
    return all;
  }

  Result<Term> product() {
    HAUL_TRY(first, unary());
    Term all = first;
    while (next_is("*") || next_is("%")) {
      const std::string op = tokens_[at_++].text;
      HAUL_TRY(next, unary());
      HAUL_TRY(both, calculate(all, op, next));
      all = both;
    }
    return all;
  }

  Result<Term> unary() {
    if (!take("-")) return postfix();
    HAUL_TRY(term, unary());
    if (term.kind != ValueKind::kInteger && term.kind != ValueKind::kNumber)
      return not_taken("this use of -");
    Term minus{.kind = term.kind, .sql = fmt::format("(- {})", term.sql)};
    if (term.literal && !term.literal->starts_with('-')) minus.literal = "-" + *term.literal;
    return minus;
  }

  Result<Term> postfix() {
    HAUL_TRY(first, primary());
    Term term = first;
    while (take("::")) {
      HAUL_TRY(type, type_name());
      HAUL_TRY(cast, cast_term(term, type, type_arguments_));
      term = cast;
    }
    return term;
  }

  Result<Term> primary() {
    if (depth_ >= kDepthMax) return not_taken("a condition as deep as this");
    if (take("(")) {
      ++depth_;
      HAUL_TRY(term, disjunction());
      --depth_;
      HAUL_TRY_VOID(expect(")"));
      return std::move(term);
    }
    const Token next = token();
    ++at_;
    switch (next.kind) {
      case Kind::kText:
        return Term{.kind = ValueKind::kText, .sql = quoted_text(next.text), .literal = next.text};
      case Kind::kNumber:
        return Term{
            .kind = next.text.find('.') == std::string::npos ? ValueKind::kInteger : ValueKind::kNumber,
            .sql = next.text,
            .literal = next.text};
      case Kind::kName:
        return column(next.text);
      case Kind::kWord:
        return word(next.text);
      default:
        return not_taken(fmt::format("`{}`", next.text));
    }
  }

  Result<Term> word(const std::string& text) {
    if (text == "true" || text == "false")
      return Term{.kind = ValueKind::kBoolean, .sql = text, .literal = text};
    if (text == "TRIM" && next_is("(")) return trim();
    if (next_is("(")) return function(text);
    return column(text);
  }

  Result<Term> column(const std::string& name) {
    const auto found = std::find_if(columns_.begin(), columns_.end(),
                                    [&](const CheckColumn& each) { return each.source_name == name; });
    if (found == columns_.end()) return not_taken(fmt::format("`{}`", name));
    Term term{.kind = found->kind, .sql = quoted_name(found->name), .column = found->name};
    if (term.kind == ValueKind::kPadded)  // blanks at the end do not count
      return Term{.kind = ValueKind::kText, .sql = fmt::format("rtrim({}, ' ')", term.sql)};
    return term;
  }

  Result<Term> function(const std::string& name) {
    HAUL_TRY_VOID(expect("("));
    std::vector<Term> arguments;
    while (!take(")")) {
      if (!arguments.empty()) HAUL_TRY_VOID(expect(","));
      HAUL_TRY(argument, disjunction());
      arguments.push_back(argument);
    }
    return call(lower(name), arguments);
  }

  /// TRIM(BOTH FROM a), as btrim(a) is written since version 14.
  Result<Term> trim() {
    HAUL_TRY_VOID(expect("("));
    const std::string_view name = next_is("BOTH") ? "btrim" : next_is("LEADING") ? "ltrim" : "rtrim";
    ++at_;
    HAUL_TRY_VOID(expect("FROM"));
    HAUL_TRY(argument, sum());
    HAUL_TRY_VOID(expect(")"));
    return call(name, {argument});
  }

  /// (ARRAY[a, b]), perhaps in further brackets and with a cast of the whole, which changes no value.
  Result<std::vector<Term>> list() {
    int open = 0;
    while (take("(")) ++open;
    HAUL_TRY_VOID(expect("ARRAY"));
    HAUL_TRY_VOID(expect("["));
    std::vector<Term> values;
    while (!take("]")) {
      if (!values.empty()) HAUL_TRY_VOID(expect(","));
      HAUL_TRY(value, sum());
      values.push_back(value);
    }
    for (; open > 0; --open) {
      while (take("::")) {
        HAUL_TRY(type, type_name());
        for (Term& value : values) {
          HAUL_TRY(cast, cast_term(value, type, type_arguments_));
          value = cast;
        }
      }
      HAUL_TRY_VOID(expect(")"));
    }
    return values;
  }

  /// The words of a type without arguments, brackets and schema.
  Result<std::string> type_name() {
    type_arguments_ = TypeArguments::kNone;
    if (token().kind != Kind::kWord && token().kind != Kind::kName) return not_taken("this cast");
    std::string name = token().kind == Kind::kName ? "\"" + token().text + "\"" : token().text;
    ++at_;
    if (take(".")) return type_name();
    if (name == "character" && take("varying")) name += " varying";
    if (name == "double" && take("precision")) name += " precision";
    if (take("(")) {
      type_arguments_ = TypeArguments::kSome;
      while (!take(")")) {
        if (token().kind == Kind::kEnd) return not_taken("this cast");
        ++at_;
      }
    }
    for (const std::string_view with : {"with", "without"}) {
      if (!next_is(with) || !next_is("time", 1) || !next_is("zone", 2)) continue;
      at_ += 3;
      name += fmt::format(" {} time zone", with);
    }
    while (take("[")) HAUL_TRY_VOID(expect("]"));
    return name;
  }

  std::vector<Token> tokens_;
  const std::vector<CheckColumn>& columns_;
  std::size_t at_ = 0;
  int depth_ = 0;
  TypeArguments type_arguments_ = TypeArguments::kNone;  ///< Of the last type_name().
};

}  // namespace

Result<Condition> read_check(std::string_view expression, const std::vector<CheckColumn>& columns) {
  HAUL_TRY(tokens, read_tokens(expression));
  return Reader(std::move(tokens), columns).run();
}

}  // namespace haul::adapters::postgres
