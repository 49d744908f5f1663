#pragma once

#include <duckdb.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "haul/base/file_system.h"

namespace haul::adapters::duckdb {

/// A temporary folder that DuckDB itself, open to everything, writes Parquet files into.
class ParquetFolder {
 public:
  ParquetFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "haul_duckdb_XXXXXX").native();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
    duckdb_open(nullptr, &database_);
    duckdb_connect(database_, &connection_);
  }
  ParquetFolder(const ParquetFolder&) = delete;
  ParquetFolder& operator=(const ParquetFolder&) = delete;
  ~ParquetFolder() {
    duckdb_disconnect(&connection_);
    duckdb_close(&database_);
    std::filesystem::remove_all(path_);
  }

  [[nodiscard]] const Path& path() const { return path_; }

  /// The rows of `select` as a Parquet file.
  Path write(const std::string& name, const std::string& select) {
    const Path file = path_ / name;
    duckdb_result result;
    const std::string sql = fmt::format("COPY ({}) TO '{}' (FORMAT parquet)", select, file.native());
    if (duckdb_query(connection_, sql.c_str(), &result) == DuckDBError) {
      ADD_FAILURE() << duckdb_result_error(&result);
    }
    duckdb_destroy_result(&result);
    return file;
  }

 private:
  Path path_;
  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
};

}  // namespace haul::adapters::duckdb
