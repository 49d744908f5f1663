#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"

namespace haul::query {

/// A table named in FROM that is not a CTE: always with its schema.
struct NamedTable {
  std::string schema;
  std::string name;
  std::optional<std::size_t> position =
      {};  ///< Byte in the query's text; nothing where the tree does not say.
};

/// A function in FROM, e.g. range(10); the name in lower case.
struct TableFunction {
  std::string name;
  std::optional<std::size_t> position = {};
};

/// Where the rows of a query come from, in the order of the text.
struct QuerySources {
  std::vector<NamedTable> tables;
  std::vector<TableFunction> functions;
};

/// Walks the syntax tree that SqlEngine::parse() gave for `sql`, with the scopes of its CTEs.
/// kInvalidInput, with the place: more or fewer than one statement; a table without a schema that is no CTE
/// in scope; a table with a catalog before its schema or AT behind its name; SHOW without a query; a
/// parameter.
Result<QuerySources> sources_in(std::string_view syntax_tree, std::string_view sql);

/// The functions that may stand in FROM: they compute their rows from their arguments alone. Sorted.
[[nodiscard]] std::span<const std::string_view> pure_table_functions();

/// "line 2, column 5" of a byte of the text, both from 1.
[[nodiscard]] std::string place_in(std::string_view sql, std::size_t position);

}  // namespace haul::query
