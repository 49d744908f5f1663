#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/columnar/schema.h"
#include "haul/expression/sql_parser.h"

namespace haul::expression {

/// What an expression gave over a batch. `values` has the batch's length. Where `failed[row]` is not zero the
/// row's evaluation failed (overflow, a cast that does not parse, ...) and its value is null; empty: none
/// failed.
struct Evaluated {
  std::shared_ptr<arrow::Array> values;
  std::vector<std::uint8_t> failed;
};

/// A SQL scalar expression with DuckDB's semantics, checked and typed against one schema: either it gives
/// what DuckDB gives, or compile() refuses it. Immutable; thread-safe; evaluation allocates only Arrow
/// buffers.
class Expression {
 public:
  /// Parses, checks and types `sql` against the columns of `schema`.
  /// kInvalidInput: does not parse, names an unknown column (with "did you mean"), a function or a pair of
  /// types that is not on the allow-list (the message lists what is near), an aggregate, a subquery or a
  /// window.
  static Result<Expression> compile(std::string_view sql, const columnar::Schema& schema,
                                    const SqlParser& parser);

  ~Expression();
  Expression(Expression&&) noexcept;
  Expression& operator=(Expression&&) noexcept;

  /// The type of `values`.
  [[nodiscard]] const std::shared_ptr<arrow::DataType>& type() const;
  /// The columns it reads, sorted.
  [[nodiscard]] const std::vector<std::string>& columns() const;

  /// `batch` has at least the compiled columns, by name. kInvalidInput: a column is missing or of another
  /// type.
  Result<Evaluated> evaluate(const arrow::RecordBatch& batch) const;

 private:
  struct Program;
  explicit Expression(std::unique_ptr<Program> program);
  std::unique_ptr<Program> program_;
};

}  // namespace haul::expression
