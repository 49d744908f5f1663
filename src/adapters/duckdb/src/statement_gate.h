#pragma once

#include <string>
#include <string_view>

#include "handles.h"
#include "haul/base/result.h"
#include "haul/query/syntax_tree.h"

namespace haul::adapters::duckdb {

/// "INSERT" for a statement that is not a query: its first word, in capitals, comments left out.
[[nodiscard]] std::string statement_kind(std::string_view sql);

/// kInvalidInput names a function in FROM that is none of query::pure_table_functions(): it could read files,
/// settings or text as SQL.
Result<void> check_table_functions(const query::QuerySources& sources, std::string_view sql);

/// The last gate, after binding: kInvalidInput unless DuckDB itself calls the statement a SELECT.
Result<void> check_is_query(duckdb_prepared_statement statement, std::string_view sql);

}  // namespace haul::adapters::duckdb
