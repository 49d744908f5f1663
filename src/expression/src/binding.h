#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bound_tree.h"
#include "haul/columnar/schema.h"
#include "haul/expression/sql_parser.h"

namespace haul::expression {

/// An expression as DuckDB resolved it. Columns are numbered as in `columns`.
struct Bound {
  Node root;
  std::vector<columnar::Column> columns;  ///< Those of the schema that DuckDB has a type for.
  std::size_t offset = 0;                 ///< Bytes before the expression in the statement that was bound.
};

/// Has `parser` resolve `sql` over the columns of `schema`. kInvalidInput: it does not parse, names what does
/// not exist (with "did you mean"), or is more than one scalar expression.
Result<Bound> bind(std::string_view sql, const columnar::Schema& schema, const SqlParser& parser);

/// The expression as messages quote it: one line, cut at 80 characters.
[[nodiscard]] std::string in_words(std::string_view sql);

}  // namespace haul::expression
