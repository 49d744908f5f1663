#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "sql_type.h"

namespace haul::expression {

/// Where a node stands in the statement that was bound, in bytes; kNowhere for what the binder added.
inline constexpr std::uint64_t kNowhere = ~std::uint64_t{0};

enum class NodeKind : std::uint8_t {
  kColumn,
  kConstant,
  kCast,      ///< One child; `try_cast` gives NULL where the cast fails.
  kFunction,  ///< `name` over the children; comparisons, conjunctions, NOT, IS NULL, IN and LIKE are
              ///< functions too.
  kCase,      ///< when, then, when, then, ..., else.
  kCoalesce,
  kTry,  ///< NULL where the child fails.
};

/// One node of an expression that DuckDB has parsed, resolved and typed: every implicit cast is a node of its
/// own.
struct Node {
  NodeKind kind = NodeKind::kConstant;
  SqlType type;
  std::string name;  ///< Functions and columns.
  bool try_cast = false;
  bool is_null = false;      ///< Constants.
  std::int64_t integer = 0;  ///< Constants: booleans, integers, decimals' low half.
  std::int64_t integer_high = 0;
  double number = 0;  ///< Constants: floats.
  std::string text;   ///< Constants: strings.
  std::uint64_t location = kNowhere;
  std::vector<Node> children;
};

/// Reads DuckDB's serialised plan of `SELECT (expression) FROM (columns)`.
/// kInvalidInput: it is more than one scalar expression (the message names the aggregate, window, subquery,
/// ...).
Result<Node> parse_bound_tree(std::string_view plan_json);

}  // namespace haul::expression
