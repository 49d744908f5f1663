#include "session.h"

#include <fmt/format.h>

#include <memory>

#include "error_text.h"
#include "haul/base/sql_words.h"
#include "sql_text.h"

namespace haul::adapters::duckdb {
namespace {

Result<ConfigHandle> configured(const SessionLimits& limits) {
  ConfigHandle config;
  if (duckdb_create_config(config.out()) == DuckDBError)
    return fail(ErrorCode::kUnavailable, "DuckDB: no memory");
  const std::pair<const char*, std::string> settings[] = {
      {"threads", std::to_string(limits.threads)},
      {"memory_limit", fmt::format("{}B", limits.memory_bytes)},
      {"temp_directory", limits.spill_directory.native()},
      {"autoinstall_known_extensions", "false"},
      {"autoload_known_extensions", "false"},
      {"allow_community_extensions", "false"},
      {"allow_persistent_secrets", "false"},
  };
  for (const auto& [name, value] : settings) {
    if (duckdb_set_config(config.get(), name, value.c_str()) == DuckDBError) {
      return fail(ErrorCode::kInvalidInput, fmt::format("DuckDB refuses the setting {} = {}", name, value));
    }
  }
  return config;
}

}  // namespace

Result<Session> Session::open(const SessionLimits& limits) {
  HAUL_TRY(config, configured(limits));
  Session session;
  char* said = nullptr;
  if (duckdb_open_ext(nullptr, session.database_.out(), config.get(), &said) == DuckDBError) {
    const std::unique_ptr<char, void (*)(void*)> owned(said, duckdb_free);
    return fail(ErrorCode::kUnavailable,
                fmt::format("DuckDB does not start: {}", said == nullptr ? "" : said));
  }
  if (duckdb_connect(session.database_.get(), session.connection_.out()) == DuckDBError) {
    return fail(ErrorCode::kUnavailable, "DuckDB does not start: no connection");
  }
  HAUL_TRY_VOID(session.execute("SET errors_as_json = true; SET TimeZone = 'UTC'"));
  return session;
}

Result<void> Session::close_doors(const std::vector<Path>& readable) {
  std::string paths;
  for (const Path& path : readable) {
    if (!paths.empty()) paths += ", ";
    paths += quoted_text(path.native());
  }
  return execute("SET allowed_paths = [" + paths +
                 "]; SET enable_external_access = false; SET lock_configuration = true");
}

// NOLINTNEXTLINE(readability-make-member-function-const): it changes the database
Result<void> Session::execute(const std::string& sql) {
  ResultHandle result;
  if (duckdb_query(connection(), sql.c_str(), result.out()) == DuckDBError)
    return fail(to_error(result.error()));
  return {};
}

Result<std::string> Session::text_of(const std::string& sql, std::string_view argument) {
  HAUL_TRY(statement, prepare(QueryText(sql), {}));
  duckdb_bind_varchar_length(statement.get(), 1, argument.data(), argument.size());
  ResultHandle result;
  if (duckdb_execute_prepared(statement.get(), result.out()) == DuckDBError) {
    return fail(to_error(result.error()));
  }
  const ChunkHandle chunk(duckdb_fetch_chunk(result.get()));
  if (chunk.get() == nullptr || duckdb_data_chunk_get_size(chunk.get()) != 1) {
    return fail(ErrorCode::kInvalidInput, "DuckDB gave no text");
  }
  duckdb_vector column = duckdb_data_chunk_get_vector(chunk.get(), 0);
  std::uint64_t* validity = duckdb_vector_get_validity(column);
  if (validity != nullptr && !duckdb_validity_row_is_valid(validity, 0)) {
    return fail(ErrorCode::kInvalidInput, "DuckDB gave no text");
  }
  auto* text = static_cast<duckdb_string_t*>(duckdb_vector_get_data(column));
  return std::string(duckdb_string_t_data(text), duckdb_string_t_length(*text));
}

// NOLINTNEXTLINE(readability-make-member-function-const): it changes the connection
Result<PreparedHandle> Session::prepare(const QueryText& query, const std::vector<Path>& files) {
  PreparedHandle statement;
  if (duckdb_prepare(connection(), query.to_run().c_str(), statement.out()) == DuckDBError) {
    const char* said = duckdb_prepare_error(statement.get());
    return fail(to_error(said == nullptr ? "DuckDB cannot prepare the query" : said, &query, files));
  }
  return statement;
}

}  // namespace haul::adapters::duckdb
