#include "result_stream.h"

#include <arrow/c/bridge.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "error_text.h"
#include "watcher.h"

namespace haul::adapters::duckdb {
namespace {

using query::QuerySummary;

Error ended(EndReason reason, const query::QueryLimits& limits) {
  if (reason == EndReason::kInterrupt) return {ErrorCode::kCancelled, "the query was interrupted"};
  return {ErrorCode::kCancelled,
          fmt::format("the query ran longer than its limit of {} ms", limits.time_max->count())};
}

Result<std::shared_ptr<arrow::RecordBatch>> to_arrow(duckdb_arrow_options options, duckdb_data_chunk chunk,
                                                     const std::shared_ptr<arrow::Schema>& schema) {
  ArrowArray array{};
  const ErrorHandle error(duckdb_data_chunk_to_arrow(options, chunk, &array));
  if (error.get() != nullptr && duckdb_error_data_has_error(error.get())) {
    return fail(to_error(duckdb_error_data_message(error.get())));
  }
  auto batch = arrow::ImportRecordBatch(&array, schema);
  if (!batch.ok()) return fail(ErrorCode::kInvalidInput, batch.status().message());
  return *std::move(batch);
}

/// A running query: the next chunk, or nothing at the end.
class Stream {
 public:
  Stream(const Session& session, const StreamRequest& request)
      : request_(request),
        watcher_(session.connection(), request.query.limits.time_max, request.query.interrupted) {}

  Result<void> start(duckdb_prepared_statement statement) {
    PendingHandle pending;
    if (duckdb_pending_prepared_streaming(statement, pending.out()) == DuckDBError) {
      return fail(failure(duckdb_pending_error(pending.get())));
    }
    if (duckdb_execute_pending(pending.get(), result_.out()) == DuckDBError) return fail(failure(nullptr));
    return {};
  }

  /// An empty handle at the end.
  Result<ChunkHandle> next() {
    ChunkHandle chunk(duckdb_fetch_chunk(result_.get()));
    if (watcher_.reason() != EndReason::kNone) return fail(ended(watcher_.reason(), request_.query.limits));
    if (chunk.get() == nullptr && !result_.error().empty()) return fail(failure(nullptr));
    return chunk;
  }

 private:
  Error failure(const char* said) {
    if (watcher_.reason() != EndReason::kNone) return ended(watcher_.reason(), request_.query.limits);
    const std::string_view message = said == nullptr ? result_.error() : std::string_view(said);
    return to_error(message, &request_.text, request_.files);
  }

  const StreamRequest& request_;
  ResultHandle result_;
  Watcher watcher_;
};

}  // namespace

std::vector<std::string> result_names(duckdb_prepared_statement statement) {
  std::vector<std::string> names;
  const idx_t count = duckdb_prepared_statement_column_count(statement);
  for (idx_t i = 0; i < count; ++i) {
    const char* name = duckdb_prepared_statement_column_name(statement, i);
    names.emplace_back(name == nullptr ? "" : name);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): ours to free, as duckdb.h says
    duckdb_free(const_cast<char*>(name));
  }
  return names;
}

Result<std::shared_ptr<arrow::Schema>> result_schema(const Session& session,
                                                     duckdb_prepared_statement statement) {
  const std::vector<std::string> names = result_names(statement);
  std::vector<const char*> name_texts;
  std::vector<TypeHandle> types;
  std::vector<duckdb_logical_type> raw_types;
  for (std::size_t i = 0; i < names.size(); ++i) {
    name_texts.push_back(names[i].c_str());
    types.emplace_back(duckdb_prepared_statement_column_logical_type(statement, i));
    raw_types.push_back(types.back().get());
  }
  ArrowOptionsHandle options;
  duckdb_connection_get_arrow_options(session.connection(), options.out());
  ArrowSchema exported{};
  const ErrorHandle error(
      duckdb_to_arrow_schema(options.get(), raw_types.data(), name_texts.data(), names.size(), &exported));
  if (error.get() != nullptr && duckdb_error_data_has_error(error.get())) {
    return fail(to_error(duckdb_error_data_message(error.get())));
  }
  auto schema = arrow::ImportSchema(&exported);
  if (!schema.ok()) return fail(ErrorCode::kInvalidInput, schema.status().message());
  return *std::move(schema);
}

Result<QuerySummary> stream(const Session& session, duckdb_prepared_statement statement,
                            const StreamRequest& request, query::ResultConsumer& consumer) {
  HAUL_TRY(schema, result_schema(session, statement));
  HAUL_TRY_VOID(consumer.begin(schema));

  ArrowOptionsHandle options;
  duckdb_connection_get_arrow_options(session.connection(), options.out());
  Stream running(session, request);
  HAUL_TRY_VOID(running.start(statement));
  QuerySummary summary;
  for (;;) {
    HAUL_TRY(chunk, running.next());
    if (chunk.get() == nullptr) return summary;
    HAUL_TRY(batch, to_arrow(options.get(), chunk.get(), schema));
    const auto rows_left = request.query.limits.rows_max.value_or(UINT64_MAX) - summary.rows;
    summary.cut = static_cast<std::uint64_t>(batch->num_rows()) > rows_left;
    if (summary.cut) batch = batch->Slice(0, static_cast<std::int64_t>(rows_left));
    if (batch->num_rows() > 0) HAUL_TRY_VOID(consumer.batch(batch));
    summary.rows += static_cast<std::uint64_t>(batch->num_rows());
    if (summary.cut) return summary;
  }
}

}  // namespace haul::adapters::duckdb
