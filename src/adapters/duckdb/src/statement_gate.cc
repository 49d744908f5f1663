#include "statement_gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace haul::adapters::duckdb {
namespace {

std::string_view without_comments_before(std::string_view sql) {
  for (;;) {
    while (!sql.empty() && std::isspace(static_cast<unsigned char>(sql.front())) != 0) sql.remove_prefix(1);
    if (sql.starts_with("--")) {
      sql.remove_prefix(std::min(sql.find('\n'), sql.size()));
    } else if (sql.starts_with("/*")) {
      const std::size_t end = sql.find("*/", 2);
      sql.remove_prefix(end == std::string_view::npos ? sql.size() : end + 2);
    } else {
      return sql;
    }
  }
}

}  // namespace

std::string statement_kind(std::string_view sql) {
  const std::string_view text = without_comments_before(sql);
  std::string word;
  for (const char c : text) {
    if (std::isalpha(static_cast<unsigned char>(c)) == 0) break;
    word += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return word.empty() ? "this" : word;
}

Result<void> check_table_functions(const query::QuerySources& sources, std::string_view sql) {
  const auto allowed = query::pure_table_functions();
  for (const auto& function : sources.functions) {
    if (std::find(allowed.begin(), allowed.end(), function.name) != allowed.end()) continue;
    const std::string place = function.position ? " (" + query::place_in(sql, *function.position) + ")" : "";
    return fail(ErrorCode::kInvalidInput,
                fmt::format("{}() may not stand in FROM: a query reads datasets, and of functions only {}{}",
                            function.name, fmt::join(allowed, ", "), place));
  }
  return {};
}

Result<void> check_is_query(duckdb_prepared_statement statement, std::string_view sql) {
  if (duckdb_prepared_statement_type(statement) == DUCKDB_STATEMENT_TYPE_SELECT) return {};
  return fail(ErrorCode::kInvalidInput,
              fmt::format("{} is not a query: datasets are only read", statement_kind(sql)));
}

}  // namespace haul::adapters::duckdb
