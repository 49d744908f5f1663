#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "check_reader.h"
#include "check_tokens.h"

namespace haul::adapters::postgres {

/// A part of a CHECK with what it means in DuckDB's dialect.
struct Term {
  ValueKind kind = ValueKind::kOther;
  std::string sql = {};
  std::string column = {};                  ///< It is this column as it is; empty: something else.
  std::string length_of = {};               ///< It is the length of this column.
  std::optional<std::string> literal = {};  ///< It is this constant: its text.
  bool is_untyped = false;                  ///< A constant of a type that is no word of ours, as an enum's.
  std::vector<Fact> facts = {};             ///< Of a boolean term, as Condition.
};

/// A reason why a CHECK cannot be taken.
tl::unexpected<Error> not_taken(std::string_view what);

/// `term::type`; `type` is written as format_type() does, without arguments; `has_arguments`: it had some.
enum class TypeArguments : std::uint8_t { kNone, kSome };
Result<Term> cast_term(Term term, std::string_view type, TypeArguments arguments);

/// `left op right` for =, <>, <, <=, >, >=.
Result<Term> compare(const Term& left, std::string_view op, const Term& right);

/// `left = ANY (values)`, or with `<>` `left <> ALL (values)`.
Result<Term> compare_with_list(const Term& left, std::string_view op, const std::vector<Term>& values);

/// `left ~ right` and its kin: ~, ~*, ~~, ~~*, and each with ! before it.
Result<Term> match(const Term& left, std::string_view op, const Term& right);

/// `left + right`, also - and *.
Result<Term> calculate(const Term& left, std::string_view op, const Term& right);

/// `name(arguments)`.
Result<Term> call(std::string_view name, const std::vector<Term>& arguments);

}  // namespace haul::adapters::postgres
