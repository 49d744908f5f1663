#pragma once

#include <arrow/type_fwd.h>
#include <duckdb.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "haul/base/rng.h"
#include "haul/columnar/schema.h"

namespace haul::adapters::duckdb {

/// The same rows twice: as an Arrow batch and as DuckDB's table `sample` (with row_id in front). One column
/// of every type that an expression can read, `b i8 i16 i32 i64 f32 f64 d92 d184 d380 s u d ts tz bl`: every
/// pair of rows mixes limits, nulls, NaN, infinities, empty and non-ASCII text, far dates and random values.
struct Sample {
  columnar::Schema schema;
  std::shared_ptr<arrow::RecordBatch> batch;
};

/// `connection` gets the table.
Sample make_sample(std::uint64_t seed, int rows, duckdb_connection connection);

/// Per row what an expression gave, in one spelling for both sides: "NULL", "FAILED", or the value; floats
/// bit by bit (but all NaNs alike).
using Answers = std::vector<std::string>;

/// DuckDB's answers row by row: a row whose evaluation raises an error is "FAILED". Empty: DuckDB refuses the
/// expression as a whole; `*refusal` says why.
Answers ask_duckdb(duckdb_connection connection, const std::string& expression, int rows,
                   std::string* refusal);

/// The same from an array of ours and its error mask.
Answers spell(const arrow::Array& values, const std::vector<std::uint8_t>& failed);

}  // namespace haul::adapters::duckdb
