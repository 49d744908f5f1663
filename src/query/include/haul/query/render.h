#pragma once

#include <cstddef>
#include <memory>

#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/query/sql_engine.h"

namespace haul::query {

/// A consumer that writes a result as text or bytes; finish() ends the output. One thread.
class Renderer : public ResultConsumer {
 public:
  /// Call once, after the last batch.
  virtual Result<void> finish(const QuerySummary& summary) = 0;
};

struct TableStyle {
  std::size_t width_max = 160;  ///< Of a line in characters; wider columns are cut with an ellipsis.
  enum class Footer : std::uint8_t { kNone, kRowCount } footer = Footer::kRowCount;
};

/// Aligned columns with a header line, numbers to the right, nulls as NULL; keeps all rows until finish().
std::unique_ptr<Renderer> make_table_renderer(ByteSink& sink, TableStyle style);

/// One JSON array of objects, a line each. Numbers as JSON numbers (integers beyond 2^53 and decimals with a
/// fraction as strings), NaN and infinities as null, times as ISO 8601 text, binary as base64.
std::unique_ptr<Renderer> make_json_renderer(ByteSink& sink);

/// RFC 4180 with a header, lines ended by LF as Unix tools expect; nulls are empty fields, empty texts are
/// "".
std::unique_ptr<Renderer> make_csv_renderer(ByteSink& sink);

/// One Parquet file. kInvalidInput: a column type that Parquet files of ours do not hold.
std::unique_ptr<Renderer> make_parquet_renderer(ByteSink& sink);

/// Hands an in-memory table to a renderer.
Result<void> render(const arrow::Table& table, Renderer& renderer);

}  // namespace haul::query
