#include "lineage_oracle.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sql_text.h"

namespace haul::adapters::duckdb {
namespace {

using query::ColumnRef;
using query::Scan;

Session opened() {
  auto session = Session::open({});
  EXPECT_TRUE(session);
  return *std::move(session);
}

void execute(Session& session, const std::string& sql) {
  const auto done = session.execute(sql);
  EXPECT_TRUE(done) << sql << ": " << done.error().message;
}

std::vector<std::string> texts_of(duckdb_vector column, idx_t rows) {
  const auto* values = static_cast<duckdb_string_t*>(duckdb_vector_get_data(column));
  std::uint64_t* validity = duckdb_vector_get_validity(column);
  std::vector<std::string> out;
  for (idx_t row = 0; row < rows; ++row) {
    if (validity != nullptr && !duckdb_validity_row_is_valid(validity, row)) {
      out.emplace_back("NULL");
      continue;
    }
    duckdb_string_t value = values[row];
    out.emplace_back(duckdb_string_t_data(&value), duckdb_string_t_length(value));
  }
  return out;
}

bool contains(const std::vector<ColumnRef>& columns, const ColumnRef& column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

}  // namespace

LineageOracle::LineageOracle(std::vector<Scan> tables, const ValuePool& values, Rng& rng, int rows)
    : tables_(std::move(tables)), session_(opened()) {
  execute(session_, "CREATE SCHEMA first; CREATE SCHEMA second");
  for (const Scan& table : tables_) {
    execute(session_, "CREATE SCHEMA IF NOT EXISTS " + table.schema);
    for (const char* schema : {"first", "second"}) fill(schema, table, values, rng, rows);
    show(table, "");
  }
}

void LineageOracle::fill(const std::string& schema, const Scan& table, const ValuePool& values, Rng& rng,
                         int rows) {
  std::string columns;
  for (const auto& column : table.columns.columns) {
    columns += fmt::format("{}{} {}", columns.empty() ? "" : ", ", column.name, *sql_type(*column.type));
  }
  std::string tuples;
  for (int row = 0; row < rows; ++row) {
    std::string tuple;
    for (const auto& column : table.columns.columns) {
      tuple += (tuple.empty() ? "(" : ", ") + (below(rng, 20) == 0 ? "NULL" : values.value(column, rng));
    }
    tuples += (tuples.empty() ? "" : ", ") + tuple + ")";
  }
  execute(session_, fmt::format("CREATE TABLE {0}.{1} ({2}); INSERT INTO {0}.{1} VALUES {3}", schema,
                                table.name, columns, tuples));
}

/// The table with the first set's values, but those of one column from the second set.
void LineageOracle::show(const Scan& table, std::string_view other_column) {
  std::string columns;
  for (const auto& column : table.columns.columns) {
    columns += fmt::format("{}{}.{}", columns.empty() ? "" : ", ", column.name == other_column ? "s" : "f",
                           column.name);
  }
  execute(session_,
          fmt::format(
              "CREATE OR REPLACE VIEW {0}.{1} AS SELECT {2} FROM first.{1} f POSITIONAL JOIN second.{1} s",
              table.schema, table.name, columns));
}

std::optional<LineageOracle::Answer> LineageOracle::answer(const std::string& sql) {
  const std::string query = sql.substr(0, sql.find_last_not_of("; \n") + 1);
  const std::string as_text = "SELECT COLUMNS(*)::VARCHAR FROM (\n" + query + "\n)";
  ResultHandle result;
  if (duckdb_query(session_.connection(), as_text.c_str(), result.out()) == DuckDBError) return std::nullopt;
  Answer out;
  for (idx_t i = 0; i < duckdb_column_count(result.out()); ++i) out[duckdb_column_name(result.out(), i)] = {};
  for (;;) {
    const ChunkHandle chunk(duckdb_fetch_chunk(result.get()));
    if (chunk.get() == nullptr) break;
    for (idx_t i = 0; i < duckdb_column_count(result.out()); ++i) {
      auto values =
          texts_of(duckdb_data_chunk_get_vector(chunk.get(), i), duckdb_data_chunk_get_size(chunk.get()));
      auto& column = out[duckdb_column_name(result.out(), i)];
      column.insert(column.end(), values.begin(), values.end());
    }
  }
  for (auto& [name, values] : out) std::sort(values.begin(), values.end());
  return out;
}

LineageOracle::Verdict LineageOracle::check(const std::string& sql,
                                            const std::map<std::string, std::vector<ColumnRef>>& lineage,
                                            const std::vector<query::DatasetName>& datasets) {
  Verdict verdict;
  const auto before = answer(sql);
  if (!before) return verdict;
  verdict.has_rows = !before->empty() && !before->begin()->second.empty();
  for (const Scan& table : tables_) {
    const std::string dataset = table.schema + "." + table.name;
    if (std::find(datasets.begin(), datasets.end(), dataset) == datasets.end()) continue;
    for (const auto& column : table.columns.columns) {
      show(table, column.name);
      const auto after = answer(sql);
      if (!after) continue;
      for (const auto& [name, values] : *after) {
        if (values == before->at(name)) continue;
        ++verdict.observed;
        const ColumnRef input{dataset, column.name};
        const auto listed = lineage.find(name);
        if (listed != lineage.end() && (contains(listed->second, input) || contains(lineage.at(""), input)))
          continue;
        verdict.broken += fmt::format("{} depends on {}.{}; ", name, dataset, column.name);
      }
    }
    show(table, "");
  }
  return verdict;
}

}  // namespace haul::adapters::duckdb
