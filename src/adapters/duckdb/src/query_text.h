#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/query/syntax_tree.h"

namespace haul::adapters::duckdb {

/// A query as the user wrote it and as DuckDB gets it: the schemas `system`, `temp` and `memory` are also
/// names of databases in DuckDB, so tables in them get their database in front.
class QueryText {
 public:
  /// The same text for both.
  explicit QueryText(std::string written) : written_(std::move(written)), run_(written_) {}

  /// kInvalidInput: such a table has no known place in the text.
  static Result<QueryText> with_databases(std::string_view written, const query::QuerySources& sources);

  [[nodiscard]] const std::string& written() const { return written_; }
  [[nodiscard]] const std::string& to_run() const { return run_; }

  /// The place, in what the user wrote, of a byte of to_run().
  [[nodiscard]] std::string place(std::size_t position) const;

 private:
  std::string written_;
  std::string run_;
  std::vector<std::size_t> inserted_at_;  ///< Bytes of `written_`, ascending.
};

}  // namespace haul::adapters::duckdb
