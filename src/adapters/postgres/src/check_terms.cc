#include "check_terms.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "haul/base/sql_words.h"
#include "haul/base/time.h"
#include "pattern.h"

namespace haul::adapters::postgres {
namespace {

using FactKind = Fact::Kind;

bool is_number(ValueKind kind) { return kind == ValueKind::kInteger || kind == ValueKind::kNumber; }
bool is_time(ValueKind kind) {
  return kind == ValueKind::kDate || kind == ValueKind::kLocalTime || kind == ValueKind::kInstant;
}

bool is_decimal_text(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos &&
         text.front() != '.' && text.back() != '.';
}

struct TypeWord {
  std::string_view word;
  ValueKind kind;
};
constexpr std::array<TypeWord, 16> kTypeWords{{
    {"boolean", ValueKind::kBoolean},
    {"smallint", ValueKind::kInteger},
    {"integer", ValueKind::kInteger},
    {"bigint", ValueKind::kInteger},
    {"numeric", ValueKind::kNumber},
    {"real", ValueKind::kNumber},
    {"double precision", ValueKind::kNumber},
    {"text", ValueKind::kText},
    {"character varying", ValueKind::kText},
    {"character", ValueKind::kPadded},
    {"bpchar", ValueKind::kPadded},
    {"name", ValueKind::kText},
    {"date", ValueKind::kDate},
    {"timestamp without time zone", ValueKind::kLocalTime},
    {"timestamp with time zone", ValueKind::kInstant},
    {"\"char\"", ValueKind::kOther},
}};

/// The time as RFC 3339, which contracts state.
Result<std::string> time_literal(ValueKind kind, const std::string& text) {
  constexpr std::size_t kDateLength = 10;
  std::int64_t micros = 0;
  if (!try_parse_utc(text, &micros) || (kind == ValueKind::kDate && text.size() != kDateLength))
    return not_taken(fmt::format("the time {}", text));
  if (kind == ValueKind::kDate) return text;
  std::string written = format_utc(Micros{micros});
  if (kind == ValueKind::kLocalTime) written.pop_back();
  return written;
}

std::string without_blanks_behind(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

/// A constant that stands in quotes.
Result<Term> typed_literal(const std::string& text, ValueKind kind) {
  if (kind == ValueKind::kText || kind == ValueKind::kPadded) {
    const std::string value = kind == ValueKind::kPadded ? without_blanks_behind(text) : text;
    return Term{.kind = ValueKind::kText, .sql = quoted_text(value), .literal = value};
  }
  if (kind == ValueKind::kBoolean) {
    const std::string word = text.starts_with('t') ? "true" : "false";
    return Term{.kind = kind, .sql = word, .literal = word};
  }
  if (is_number(kind)) {
    if (!is_decimal_text(text)) return not_taken(fmt::format("the number {}", text));
    return Term{.kind = kind, .sql = text, .literal = text};
  }
  HAUL_TRY(time, time_literal(kind, text));
  const std::string_view word = kind == ValueKind::kDate        ? "DATE"
                                : kind == ValueKind::kLocalTime ? "TIMESTAMP"
                                                                : "TIMESTAMPTZ";
  return Term{.kind = kind, .sql = fmt::format("{} '{}'", word, time), .literal = time};
}

/// The facts of `column op literal`; none where a contract has no word for it.
std::vector<Fact> facts_of_range(const std::string& column, std::string_view op, const std::string& value) {
  if (op == ">=") return {{FactKind::kMinimum, column, value}};
  if (op == ">") return {{FactKind::kExclusiveMinimum, column, value}};
  if (op == "<=") return {{FactKind::kMaximum, column, value}};
  if (op == "<") return {{FactKind::kExclusiveMaximum, column, value}};
  if (op == "=") return {{FactKind::kMinimum, column, value}, {FactKind::kMaximum, column, value}};
  return {};
}

std::vector<Fact> facts_of_length(const std::string& column, std::string_view op, const std::string& value) {
  std::int64_t length = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (error != std::errc() || end != value.data() + value.size() || length < 1) return {};
  const auto least = [&](std::int64_t characters) {
    return Fact{FactKind::kMinLength, column, std::to_string(characters)};
  };
  const auto most = [&](std::int64_t characters) {
    return Fact{FactKind::kMaxLength, column, std::to_string(characters)};
  };
  if (op == ">=") return {least(length)};
  if (op == ">") return {least(length + 1)};
  if (op == "<=") return {most(length)};
  if (op == "<") return {most(length - 1)};
  if (op == "=") return {least(length), most(length)};
  return {};
}

std::vector<Fact> facts_of(const Term& left, std::string_view op, const Term& right) {
  if (!right.literal) return {};
  if (!left.length_of.empty()) return facts_of_length(left.length_of, op, *right.literal);
  if (left.column.empty()) return {};
  if (is_number(left.kind) || is_time(left.kind)) return facts_of_range(left.column, op, *right.literal);
  if (left.kind != ValueKind::kText) return {};
  if (op == "=") return {{FactKind::kValues, left.column, "", {*right.literal}}};
  if (op == "<>" && right.literal->empty()) return {{FactKind::kMinLength, left.column, "1"}};
  return {};
}

/// The same comparison with its sides exchanged.
std::string_view mirrored(std::string_view op) {
  if (op == "<") return ">";
  if (op == "<=") return ">=";
  if (op == ">") return "<";
  if (op == ">=") return "<=";
  return op;
}

/// Whether `left op right` orders and equates as DuckDB does.
bool is_comparable(const Term& left, std::string_view op, const Term& right) {
  const bool equality = op == "=" || op == "<>";
  if (is_number(left.kind) && is_number(right.kind)) return true;
  // A label of an enum is a constant without a type that we know; other orders are those of a collation.
  const auto is_label = [](const Term& term) { return term.is_untyped || term.kind == ValueKind::kText; };
  if (left.kind == ValueKind::kEnum)
    return equality && (right.kind == ValueKind::kEnum || (right.literal && is_label(right)));
  if (left.is_untyped || right.is_untyped) return false;
  if (left.kind == ValueKind::kText) return equality && right.kind == ValueKind::kText;
  if (left.kind == ValueKind::kBoolean) return equality && right.kind == ValueKind::kBoolean;
  const auto has_no_zone = [](ValueKind kind) {
    return kind == ValueKind::kDate || kind == ValueKind::kLocalTime;
  };
  if (has_no_zone(left.kind) && has_no_zone(right.kind)) return true;
  return left.kind == ValueKind::kInstant && right.kind == ValueKind::kInstant;
}

}  // namespace

tl::unexpected<Error> not_taken(std::string_view what) {
  return fail(ErrorCode::kInvalidInput, fmt::format("{} has no equal here", what));
}

Result<Term> cast_term(Term term, std::string_view type, TypeArguments arguments) {
  const auto* const known = std::find_if(kTypeWords.begin(), kTypeWords.end(),
                                         [&](const TypeWord& each) { return each.word == type; });
  const bool is_constant = term.literal && (term.is_untyped || term.kind == ValueKind::kText);
  if (known == kTypeWords.end() || known->kind == ValueKind::kOther) {
    if (!is_constant) return not_taken(fmt::format("a cast to {}", type));
    term.is_untyped = true;  // 'PU'::scan_code
    return term;
  }
  if (is_constant && (arguments == TypeArguments::kNone || is_time(known->kind)))
    return typed_literal(*term.literal, known->kind);
  if (arguments == TypeArguments::kSome) return not_taken(fmt::format("a cast to {} that cuts", type));
  const bool to_text = known->kind == ValueKind::kText || known->kind == ValueKind::kPadded;
  if (to_text && (term.kind == ValueKind::kText || term.kind == ValueKind::kEnum)) {
    term.kind = ValueKind::kText;
    return term;
  }
  if (is_number(known->kind) && is_number(term.kind)) {
    if (term.literal || type == "numeric") {
      if (known->kind == ValueKind::kInteger && term.kind == ValueKind::kNumber)
        return not_taken("a rounding cast");
      return term;
    }
    if (type == "double precision") {
      term.sql = fmt::format("CAST({} AS DOUBLE)", term.sql);
    } else if (type == "bigint" && term.kind == ValueKind::kInteger) {
      term.sql = fmt::format("CAST({} AS BIGINT)", term.sql);
    } else if (type != "integer" || term.kind != ValueKind::kInteger) {
      return not_taken(fmt::format("a cast to {}", type));
    }
    return term;
  }
  if (known->kind == term.kind) return term;
  if (known->kind == ValueKind::kLocalTime && term.kind == ValueKind::kDate)
    return Term{.kind = known->kind, .sql = fmt::format("CAST({} AS TIMESTAMP)", term.sql)};
  return not_taken(fmt::format("a cast to {}", type));
}

Result<Term> compare(const Term& left, std::string_view op, const Term& right) {
  if (left.literal && !right.literal) return compare(right, mirrored(op), left);
  if (!is_comparable(left, op, right)) return not_taken(fmt::format("this use of {}", op));
  return Term{.kind = ValueKind::kBoolean,
              .sql = fmt::format("({} {} {})", left.sql, op, right.sql),
              .facts = facts_of(left, op, right)};
}

Result<Term> compare_with_list(const Term& left, std::string_view op, const std::vector<Term>& values) {
  std::vector<std::string> listed;
  Fact fact{.kind = Fact::Kind::kValues, .column = left.column};
  for (const Term& value : values) {
    if (!value.literal || !is_comparable(left, "=", value)) return not_taken("this list of values");
    listed.push_back(value.sql);
    if (std::find(fact.values.begin(), fact.values.end(), *value.literal) == fact.values.end())
      fact.values.push_back(*value.literal);
  }
  if (listed.empty()) return not_taken("an empty list");
  Term term{
      .kind = ValueKind::kBoolean,
      .sql = fmt::format("({} {} ({}))", left.sql, op == "=" ? "IN" : "NOT IN", fmt::join(listed, ", "))};
  const bool is_listable = left.kind == ValueKind::kText || left.kind == ValueKind::kInteger;
  if (op == "=" && !left.column.empty() && is_listable) term.facts.push_back(std::move(fact));
  return term;
}

Result<Term> match(const Term& left, std::string_view op, const Term& right) {
  const bool is_negated = op.starts_with('!');
  if (is_negated) op.remove_prefix(1);
  if (left.kind != ValueKind::kText || !right.literal || right.kind != ValueKind::kText)
    return not_taken(fmt::format("this use of {}", op));
  const Case letters = op.ends_with('*') ? Case::kIgnored : Case::kCounts;
  const bool is_like = op.starts_with("~~");
  HAUL_TRY(pattern,
           is_like ? pattern_of_like(*right.literal, letters) : pattern_of_regex(*right.literal, letters));
  Term term{.kind = ValueKind::kBoolean,
            .sql = fmt::format("regexp_matches({}, {})", left.sql, quoted_text(pattern))};
  if (is_negated) {
    term.sql = fmt::format("(NOT {})", term.sql);
  } else if (!left.column.empty()) {
    term.facts.push_back({Fact::Kind::kPattern, left.column, pattern});
  }
  return term;
}

Result<Term> calculate(const Term& left, std::string_view op, const Term& right) {
  if (!is_number(left.kind) || !is_number(right.kind)) return not_taken(fmt::format("this use of {}", op));
  const bool whole = left.kind == ValueKind::kInteger && right.kind == ValueKind::kInteger;
  if (op == "%" && !whole) return not_taken("this use of %");
  return Term{.kind = whole ? ValueKind::kInteger : ValueKind::kNumber,
              .sql = fmt::format("({} {} {})", left.sql, op, right.sql)};
}

Result<Term> call(std::string_view name, const std::vector<Term>& arguments) {
  const bool one_text = arguments.size() == 1 && arguments[0].kind == ValueKind::kText;
  if (one_text && (name == "length" || name == "char_length" || name == "character_length")) {
    return Term{.kind = ValueKind::kInteger,
                .sql = fmt::format("length({})", arguments[0].sql),
                .length_of = arguments[0].column};
  }
  if (one_text && (name == "lower" || name == "upper"))
    return Term{.kind = ValueKind::kText, .sql = fmt::format("{}({})", name, arguments[0].sql)};
  if (one_text && (name == "btrim" || name == "ltrim" || name == "rtrim")) {
    const std::string_view ours = name == "btrim" ? "trim" : name;
    return Term{.kind = ValueKind::kText, .sql = fmt::format("{}({}, ' ')", ours, arguments[0].sql)};
  }
  if (name == "abs" && arguments.size() == 1 && is_number(arguments[0].kind))
    return Term{.kind = arguments[0].kind, .sql = fmt::format("abs({})", arguments[0].sql)};
  if (name == "coalesce" && !arguments.empty()) {
    std::vector<std::string> parts;
    for (const Term& argument : arguments) {
      if (argument.kind != arguments[0].kind || argument.is_untyped) return not_taken("this COALESCE");
      parts.push_back(argument.sql);
    }
    return Term{.kind = arguments[0].kind, .sql = fmt::format("coalesce({})", fmt::join(parts, ", "))};
  }
  return not_taken(fmt::format("the function {}", name));
}

}  // namespace haul::adapters::postgres
