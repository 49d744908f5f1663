// One spelling for what DuckDB and our expressions give.
#include <arrow/api.h>
#include <fmt/format.h>

#include <bit>
#include <cmath>

#include "expression_sample.h"
#include "handles.h"

namespace haul::adapters::duckdb {
namespace {

__extension__ typedef __int128 Wide;

std::string spell_float(double value, const char* kind) {
  if (std::isnan(value)) return fmt::format("{} nan", kind);
  return fmt::format("{} {:a}", kind, value);
}

std::string spell_decimal(Wide value) {
  return fmt::format("decimal {:x}:{:x}", static_cast<std::uint64_t>(value >> 64),
                     static_cast<std::uint64_t>(value));
}

template <class T>
T at(duckdb_vector vector, idx_t row) {
  return static_cast<const T*>(duckdb_vector_get_data(vector))[row];
}

std::string spell_stored_decimal(duckdb_vector vector, duckdb_logical_type type, idx_t row) {
  switch (duckdb_decimal_internal_type(type)) {
    case DUCKDB_TYPE_SMALLINT:
      return spell_decimal(at<std::int16_t>(vector, row));
    case DUCKDB_TYPE_INTEGER:
      return spell_decimal(at<std::int32_t>(vector, row));
    case DUCKDB_TYPE_BIGINT:
      return spell_decimal(at<std::int64_t>(vector, row));
    default: {
      const auto wide = at<duckdb_hugeint>(vector, row);
      return fmt::format("decimal {:x}:{:x}", static_cast<std::uint64_t>(wide.upper), wide.lower);
    }
  }
}

std::string spell_cell(duckdb_vector vector, idx_t row) {
  std::uint64_t* validity = duckdb_vector_get_validity(vector);
  if (validity != nullptr && !duckdb_validity_row_is_valid(validity, row)) return "NULL";
  const TypeHandle type(duckdb_vector_get_column_type(vector));
  switch (duckdb_get_type_id(type.get())) {
    case DUCKDB_TYPE_BOOLEAN:
      return at<bool>(vector, row) ? "bool true" : "bool false";
    case DUCKDB_TYPE_TINYINT:
      return fmt::format("int8 {}", int{at<std::int8_t>(vector, row)});
    case DUCKDB_TYPE_SMALLINT:
      return fmt::format("int16 {}", at<std::int16_t>(vector, row));
    case DUCKDB_TYPE_INTEGER:
      return fmt::format("int32 {}", at<std::int32_t>(vector, row));
    case DUCKDB_TYPE_BIGINT:
      return fmt::format("int64 {}", at<std::int64_t>(vector, row));
    case DUCKDB_TYPE_FLOAT:
      return spell_float(at<float>(vector, row), "float");
    case DUCKDB_TYPE_DOUBLE:
      return spell_float(at<double>(vector, row), "double");
    case DUCKDB_TYPE_DECIMAL:
      return spell_stored_decimal(vector, type.get(), row);
    case DUCKDB_TYPE_DATE:
      return fmt::format("date {}", at<std::int32_t>(vector, row));
    case DUCKDB_TYPE_TIMESTAMP:
      return fmt::format("timestamp {}", at<std::int64_t>(vector, row));
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return fmt::format("instant {}", at<std::int64_t>(vector, row));
    case DUCKDB_TYPE_VARCHAR:
    case DUCKDB_TYPE_BLOB: {
      auto* text = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector)) + row;
      return "text " + std::string(duckdb_string_t_data(text), duckdb_string_t_length(*text));
    }
    default:
      return fmt::format("type {} is not compared", static_cast<int>(duckdb_get_type_id(type.get())));
  }
}

std::string spell_time(const arrow::TimestampArray& values, std::int64_t row) {
  const bool zoned = !static_cast<const arrow::TimestampType&>(*values.type()).timezone().empty();
  return fmt::format("{} {}", zoned ? "instant" : "timestamp", values.Value(row));
}

std::string spell_cell(const arrow::Array& values, std::int64_t row) {
  if (values.IsNull(row)) return "NULL";
  switch (values.type_id()) {
    case arrow::Type::BOOL:
      return static_cast<const arrow::BooleanArray&>(values).Value(row) ? "bool true" : "bool false";
    case arrow::Type::INT8:
      return fmt::format("int8 {}", int{static_cast<const arrow::Int8Array&>(values).Value(row)});
    case arrow::Type::INT16:
      return fmt::format("int16 {}", static_cast<const arrow::Int16Array&>(values).Value(row));
    case arrow::Type::INT32:
      return fmt::format("int32 {}", static_cast<const arrow::Int32Array&>(values).Value(row));
    case arrow::Type::INT64:
      return fmt::format("int64 {}", static_cast<const arrow::Int64Array&>(values).Value(row));
    case arrow::Type::FLOAT:
      return spell_float(static_cast<const arrow::FloatArray&>(values).Value(row), "float");
    case arrow::Type::DOUBLE:
      return spell_float(static_cast<const arrow::DoubleArray&>(values).Value(row), "double");
    case arrow::Type::DECIMAL128: {
      const arrow::Decimal128 decimal(static_cast<const arrow::Decimal128Array&>(values).Value(row));
      return fmt::format("decimal {:x}:{:x}", static_cast<std::uint64_t>(decimal.high_bits()),
                         decimal.low_bits());
    }
    case arrow::Type::DATE32:
      return fmt::format("date {}", static_cast<const arrow::Date32Array&>(values).Value(row));
    case arrow::Type::TIMESTAMP:
      return spell_time(static_cast<const arrow::TimestampArray&>(values), row);
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return "text " + std::string(static_cast<const arrow::BinaryArray&>(values).GetView(row));
    default:
      return values.type()->ToString() + " is not compared";
  }
}

}  // namespace

namespace {

/// Appends the rows of a one-column result. False: the evaluation raised an error.
bool read_rows(ResultHandle* result, Answers* answers) {
  while (true) {
    const ChunkHandle chunk(duckdb_fetch_chunk(result->get()));
    if (chunk.get() == nullptr) return result->error().empty();
    duckdb_vector values = duckdb_data_chunk_get_vector(chunk.get(), 0);
    for (idx_t row = 0; row < duckdb_data_chunk_get_size(chunk.get()); ++row) {
      answers->push_back(spell_cell(values, row));
    }
  }
}

/// True for CASE, COALESCE and their relatives: TRY() in DuckDB 1.5 writes their rows to the wrong place.
bool chooses(const std::string& expression) {
  for (const char* word : {"CASE", "coalesce", "if(", "ifnull", "nullif"}) {
    if (expression.find(word) != std::string::npos) return true;
  }
  return false;
}

/// TRY gives NULL for a row that fails. The second column tells it from a true NULL: IS NULL has a value in
/// every row that does not fail.
Answers ask_with_try(duckdb_connection connection, const std::string& expression, std::string* refusal) {
  const std::string sql =
      fmt::format("SELECT TRY(({0})), TRY(({0}) IS NULL) FROM sample ORDER BY row_id", expression);
  ResultHandle result;
  if (duckdb_query(connection, sql.c_str(), result.out()) == DuckDBError) {
    *refusal = result.error();
    return {};
  }
  Answers answers;
  while (true) {
    const ChunkHandle chunk(duckdb_fetch_chunk(result.get()));
    if (chunk.get() == nullptr) return answers;
    duckdb_vector values = duckdb_data_chunk_get_vector(chunk.get(), 0);
    duckdb_vector alive = duckdb_data_chunk_get_vector(chunk.get(), 1);
    for (idx_t row = 0; row < duckdb_data_chunk_get_size(chunk.get()); ++row) {
      answers.push_back(spell_cell(alive, row) == "NULL" ? "FAILED" : spell_cell(values, row));
    }
  }
}

Answers ask_row_by_row(duckdb_connection connection, const std::string& expression, int rows,
                       std::string* refusal) {
  Answers answers;
  PreparedHandle one;
  const std::string sql = fmt::format("SELECT ({}) FROM sample WHERE row_id = $1", expression);
  if (duckdb_prepare(connection, sql.c_str(), one.out()) == DuckDBError) {
    *refusal = duckdb_prepare_error(one.get());
    return {};
  }
  for (int row = 0; row < rows; ++row) {
    ResultHandle result;
    duckdb_bind_int32(one.get(), 1, row);
    const bool ran =
        duckdb_execute_prepared(one.get(), result.out()) == DuckDBSuccess && read_rows(&result, &answers);
    if (!ran) answers.emplace_back("FAILED");
  }
  return answers;
}

}  // namespace

Answers ask_duckdb(duckdb_connection connection, const std::string& expression, int rows,
                   std::string* refusal) {
  Answers answers;
  {
    ResultHandle all;
    const std::string sql = fmt::format("SELECT ({}) FROM sample ORDER BY row_id", expression);
    if (duckdb_query(connection, sql.c_str(), all.out()) == DuckDBSuccess && read_rows(&all, &answers))
      return answers;
  }
  return chooses(expression) ? ask_row_by_row(connection, expression, rows, refusal)
                             : ask_with_try(connection, expression, refusal);
}

Answers spell(const arrow::Array& values, const std::vector<std::uint8_t>& failed) {
  Answers answers;
  for (std::int64_t row = 0; row < values.length(); ++row) {
    const bool has_failed = !failed.empty() && failed[static_cast<std::size_t>(row)] != 0;
    answers.push_back(has_failed ? "FAILED" : spell_cell(values, row));
  }
  return answers;
}

}  // namespace haul::adapters::duckdb
