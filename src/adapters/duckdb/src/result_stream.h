#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <string>
#include <vector>

#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/query/sql_engine.h"
#include "session.h"

namespace haul::adapters::duckdb {

/// The names of a prepared query's result columns, in order.
[[nodiscard]] std::vector<std::string> result_names(duckdb_prepared_statement statement);

/// The Arrow schema of a prepared query's result. kInvalidInput: a type that Arrow does not have.
Result<std::shared_ptr<arrow::Schema>> result_schema(const Session& session,
                                                     duckdb_prepared_statement statement);

/// What a query is run with.
struct StreamRequest {
  const query::QueryRequest& query;
  const QueryText& text;
  const std::vector<Path>& files;  ///< For telling a damaged file from wrong SQL.
};

/// Runs the query and gives its rows to `consumer` as they come, without collecting them.
/// kCancelled: time limit or interrupt. Other errors as to_error(), or the consumer's.
Result<query::QuerySummary> stream(const Session& session, duckdb_prepared_statement statement,
                                   const StreamRequest& request, query::ResultConsumer& consumer);

}  // namespace haul::adapters::duckdb
