#pragma once

#include <arrow/api.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "haul/adapters/duckdb/duckdb_engine.h"
#include "haul/query/sql_engine.h"
#include "parquet_folder.h"

namespace haul::adapters::duckdb {

inline columnar::Column column(std::string name, std::shared_ptr<arrow::DataType> type) {
  return {.name = std::move(name), .type = std::move(type)};
}

/// The whole result as text, a row a line, null as "-".
inline std::string text_of(const arrow::Table& table) {
  std::string out;
  for (std::int64_t row = 0; row < table.num_rows(); ++row) {
    for (int c = 0; c < table.num_columns(); ++c) {
      const auto value = table.column(c)->GetScalar(row).ValueOrDie();
      out += (c == 0 ? "" : "|") + (value->is_valid ? value->ToString() : "-");
    }
    out += "\n";
  }
  return out;
}

class EngineFixture : public testing::Test {
 protected:
  /// The rows as text, or "error CODE: message".
  std::string answer(const query::QueryRequest& request) {
    const auto table = query::run_to_table(*engine_, request);
    if (table) return text_of(**table);
    return fmt::format("error {}: {}", static_cast<int>(table.error().code), table.error().message);
  }
  std::string answer(const std::string& sql) {
    return answer(query::QueryRequest{.sql = sql, .scans = {flights()}});
  }

  query::Scan flights() {
    if (!file_)
      file_ = folder_.write("flights.parquet", "SELECT i AS leg, 'c' || i AS carrier FROM range(3) t(i)");
    return {.schema = "silver",
            .name = "flights",
            .columns = {{column("leg", arrow::int64()), column("carrier", arrow::utf8())}},
            .files = {{.path = *file_}}};
  }

  ParquetFolder folder_;
  std::unique_ptr<query::SqlEngine> engine_ = make_duckdb_engine({});
  std::optional<Path> file_ = {};
};

}  // namespace haul::adapters::duckdb
