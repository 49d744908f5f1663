#include "scan_tables.h"

#include <arrow/c/bridge.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <map>
#include <utility>

#include "error_text.h"
#include "haul/base/sql_words.h"
#include "sql_text.h"

namespace haul::adapters::duckdb {
namespace {

using query::Scan;
using query::ScanFile;

/// The schema of our own tables of deleted rows; no dataset can be called so, since its name has a space.
constexpr const char* kDeletedSchema = "haul deleted";

/// Files that one read_parquet call can read: the same values for the columns they lack, and either all or
/// none of them have deleted rows.
struct FileGroup {
  std::vector<const ScanFile*> files = {};
  std::string deleted_table = {};  ///< Empty: none deleted.
};

/// With the database in front: `system` and others are databases too.
std::string schema_name(const Scan& scan) { return "memory." + quoted_name(scan.schema); }
std::string dataset_name(const Scan& scan) { return schema_name(scan) + "." + quoted_name(scan.name); }

Path whole_path(const Path& path) { return std::filesystem::absolute(path).lexically_normal(); }

Result<std::string> column_definitions(const Scan& scan) {
  std::string out;
  for (const auto& column : scan.columns.columns) {
    HAUL_TRY(type, sql_type(*column.type));
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", quoted_name(column.name), type);
  }
  return out;
}

Result<void> create_schema(Session& session, const Scan& scan) {
  return session.execute("CREATE SCHEMA IF NOT EXISTS " + schema_name(scan));
}

Result<std::vector<FileGroup>> grouped(Session& session, const Scan& scan) {
  using Key = std::pair<std::map<std::string, std::optional<std::string>>, bool>;
  std::map<Key, FileGroup> groups;
  for (const ScanFile& file : scan.files) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file.path, error)) {
      return fail(ErrorCode::kUnavailable, fmt::format("{}.{}: data file {} is not there", scan.schema,
                                                       scan.name, file.path.native()));
    }
    if (file.path.native().find_first_of("*?[") != std::string::npos) {
      return fail(
          ErrorCode::kInvalidInput,
          fmt::format("{}: paths with *, ? or [ cannot be queried; rename the folder", file.path.native()));
    }
    groups[{file.partition_values, !file.deleted_rows.empty()}].files.push_back(&file);
  }
  std::vector<FileGroup> out;
  for (auto& [key, group] : groups) {
    if (key.second) {
      group.deleted_table = fmt::format("{}.{}.{}", scan.schema, scan.name, out.size());
      HAUL_TRY_VOID(
          session.execute(fmt::format("CREATE SCHEMA IF NOT EXISTS {0}; CREATE TABLE {0}.{1} (file_index "
                                      "UBIGINT, file_row_number BIGINT)",
                                      quoted_name(kDeletedSchema), quoted_name(group.deleted_table))));
    }
    out.push_back(std::move(group));
  }
  return out;
}

Result<void> append_deleted_rows(Session& session, const FileGroup& group) {
  AppenderHandle rows;
  if (duckdb_appender_create(session.connection(), kDeletedSchema, group.deleted_table.c_str(), rows.out()) ==
      DuckDBError) {
    return fail(ErrorCode::kUnavailable, "DuckDB cannot take the deleted rows: " + group.deleted_table);
  }
  for (std::size_t file = 0; file < group.files.size(); ++file) {
    for (const std::uint64_t row : group.files[file]->deleted_rows) {
      duckdb_append_uint64(rows.get(), file);
      duckdb_append_int64(rows.get(), static_cast<std::int64_t>(row));
      duckdb_appender_end_row(rows.get());
    }
  }
  if (duckdb_appender_close(rows.get()) == DuckDBError) {
    const ErrorHandle error(duckdb_appender_error_data(rows.get()));
    return fail(to_error(duckdb_error_data_message(error.get())));
  }
  return {};
}

/// read_parquet over the files of the group with their columns pinned: by name, of the scan's type, null
/// where absent.
Result<std::string> read_call(const Scan& scan, const FileGroup& group) {
  const auto& held_outside = group.files.front()->partition_values;
  std::string files;
  for (const ScanFile* file : group.files) {
    files += (files.empty() ? "" : ", ") + quoted_text(whole_path(file->path).native());
  }
  std::string columns;
  for (const auto& column : scan.columns.columns) {
    if (held_outside.contains(column.name)) continue;
    HAUL_TRY(type, sql_type(*column.type));
    const std::string name = quoted_text(column.name);
    columns += fmt::format("{}{}: {{'name': {}, 'type': {}, 'default_value': NULL}}",
                           columns.empty() ? "" : ", ", name, name, quoted_text(type));
  }
  if (columns.empty()) return fmt::format("read_parquet([{}])", files);
  return fmt::format("read_parquet([{}], schema = MAP {{{}}})", files, columns);
}

Result<std::string> select_of(const Scan& scan, const FileGroup& group) {
  const auto& held_outside = group.files.front()->partition_values;
  std::string columns;
  for (const auto& column : scan.columns.columns) {
    if (!columns.empty()) columns += ", ";
    const auto value = held_outside.find(column.name);
    if (value == held_outside.end()) {
      columns += "haul_file." + quoted_name(column.name);
      continue;
    }
    HAUL_TRY(type, sql_type(*column.type));
    columns += fmt::format("CAST({} AS {}) AS {}", value->second ? quoted_text(*value->second) : "NULL", type,
                           quoted_name(column.name));
  }
  HAUL_TRY(source, read_call(scan, group));
  std::string out = fmt::format("SELECT {} FROM {} AS haul_file", columns, source);
  if (!group.deleted_table.empty()) {
    out += fmt::format(
        " ANTI JOIN {}.{} AS haul_deleted ON haul_file.file_index = haul_deleted.file_index"
        " AND haul_file.file_row_number = haul_deleted.file_row_number",
        quoted_name(kDeletedSchema), quoted_name(group.deleted_table));
  }
  return out;
}

Result<void> add_files(Session& session, const Scan& scan) {
  HAUL_TRY(groups, grouped(session, scan));
  std::string body;
  for (const FileGroup& group : groups) {
    if (!group.deleted_table.empty()) {
      for (const char* name : {"file_index", "file_row_number"}) {
        if (!scan.columns.find(name)) continue;
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{}.{} has deleted rows and a column called {}: rename the column",
                                scan.schema, scan.name, name));
      }
      HAUL_TRY_VOID(append_deleted_rows(session, group));
    }
    HAUL_TRY(select, select_of(scan, group));
    body += (body.empty() ? "" : " UNION ALL ") + select;
  }
  ResultHandle result;
  const std::string rows = scan.where.empty() ? body : fmt::format("FROM ({}) WHERE {}", body, scan.where);
  const std::string sql = fmt::format("CREATE VIEW {} AS {}", dataset_name(scan), rows);
  if (duckdb_query(session.connection(), sql.c_str(), result.out()) == DuckDBError) {
    Error error = to_error(result.error(), nullptr, files_of({&scan}));
    return fail(with_context(std::move(error), scan.schema + "." + scan.name));
  }
  return {};
}

/// DuckDB takes chunks of at most this many rows.
std::int64_t chunk_rows() { return static_cast<std::int64_t>(duckdb_vector_size()); }

Error conversion_error(const ErrorHandle& error, const Scan& scan) {
  Error out = to_error(duckdb_error_data_message(error.get()));
  return with_context(std::move(out), scan.schema + "." + scan.name);
}

Result<void> append_batch(Session& session, duckdb_appender rows, duckdb_arrow_converted_schema schema,
                          const arrow::RecordBatch& batch, const Scan& scan) {
  ArrowArray array{};
  if (const auto status = arrow::ExportRecordBatch(batch, &array); !status.ok()) {
    return fail(ErrorCode::kInvalidInput, status.message());
  }
  ChunkHandle chunk;
  const ErrorHandle error(duckdb_data_chunk_from_arrow(session.connection(), &array, schema, chunk.out()));
  if (error.get() != nullptr && duckdb_error_data_has_error(error.get()))
    return fail(conversion_error(error, scan));
  if (duckdb_append_data_chunk(rows, chunk.get()) == DuckDBError) {
    const ErrorHandle said(duckdb_appender_error_data(rows));
    return fail(conversion_error(said, scan));
  }
  return {};
}

Result<void> append_rows(Session& session, const Scan& scan) {
  ArrowSchema exported{};
  if (const auto status = arrow::ExportSchema(*scan.rows->schema(), &exported); !status.ok()) {
    return fail(ErrorCode::kInvalidInput, status.message());
  }
  ConvertedSchemaHandle schema;
  const ErrorHandle error(duckdb_schema_from_arrow(session.connection(), &exported, schema.out()));
  if (exported.release != nullptr) exported.release(&exported);
  if (error.get() != nullptr && duckdb_error_data_has_error(error.get()))
    return fail(conversion_error(error, scan));

  AppenderHandle rows;
  if (duckdb_appender_create_ext(session.connection(), "memory", scan.schema.c_str(), scan.name.c_str(),
                                 rows.out()) == DuckDBError) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("{}.{}: DuckDB cannot take its rows", scan.schema, scan.name));
  }
  arrow::TableBatchReader batches(*scan.rows);
  batches.set_chunksize(chunk_rows());
  for (;;) {
    std::shared_ptr<arrow::RecordBatch> batch;
    if (const auto status = batches.ReadNext(&batch); !status.ok()) {
      return fail(ErrorCode::kInvalidInput, status.message());
    }
    if (batch == nullptr) break;
    HAUL_TRY_VOID(append_batch(session, rows.get(), schema.get(), *batch, scan));
  }
  if (duckdb_appender_close(rows.get()) == DuckDBError) {
    const ErrorHandle said(duckdb_appender_error_data(rows.get()));
    return fail(conversion_error(said, scan));
  }
  return {};
}

Result<void> require_same_columns(const Scan& scan) {
  const auto& wanted = scan.columns.columns;
  const auto& given = scan.rows->schema()->fields();
  bool same = wanted.size() == given.size();
  for (std::size_t i = 0; same && i < wanted.size(); ++i) {
    same = wanted[i].name == given[i]->name() && wanted[i].type->Equals(*given[i]->type());
  }
  if (same) return {};
  return fail(ErrorCode::kInvalidInput,
              fmt::format("{}.{}: the rows given have other columns than the scan", scan.schema, scan.name));
}

}  // namespace

Result<void> add_empty_scan(Session& session, const Scan& scan) {
  HAUL_TRY_VOID(create_schema(session, scan));
  HAUL_TRY(columns, column_definitions(scan));
  return session.execute(fmt::format("CREATE TABLE {} ({})", dataset_name(scan), columns));
}

Result<void> add_scan(Session& session, const Scan& scan) {
  if (scan.rows != nullptr) {
    HAUL_TRY_VOID(require_same_columns(scan));
    HAUL_TRY_VOID(add_empty_scan(session, scan));
    HAUL_TRY_VOID(append_rows(session, scan));
    return scan.where.empty() ? Result<void>()
                              : session.execute(fmt::format("DELETE FROM {} WHERE ({}) IS NOT TRUE",
                                                            dataset_name(scan), scan.where));
  }
  if (scan.files.empty()) return add_empty_scan(session, scan);
  HAUL_TRY_VOID(create_schema(session, scan));
  return add_files(session, scan);
}

std::vector<Path> files_of(const std::vector<const Scan*>& scans) {
  std::vector<Path> out;
  for (const Scan* scan : scans) {
    if (scan->rows != nullptr) continue;
    for (const ScanFile& file : scan->files) out.push_back(whole_path(file.path));
  }
  return out;
}

}  // namespace haul::adapters::duckdb
