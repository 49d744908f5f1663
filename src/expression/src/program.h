#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "allow_list.h"
#include "bound_tree.h"
#include "haul/columnar/schema.h"
#include "haul/expression/expression.h"

namespace haul::expression {

enum class StepKind : std::uint8_t { kColumn, kConstant, kKernel, kTryKernel, kCase, kCoalesce, kTry };

/// One value to compute; its arguments are earlier steps.
struct Step {
  StepKind kind = StepKind::kConstant;
  SqlType type;
  std::vector<std::size_t> args{};
  Kernel kernel = nullptr;
  std::shared_ptr<const void> prepared{};  ///< Shared with the steps that are equal to this one.
  std::size_t column = 0;                  ///< kColumn: place in Program::columns.
  Value constant{};
};

/// Steps in the order in which they run. Equal subtrees are one step.
struct Expression::Program {
  std::vector<Step> steps;
  std::size_t result = 0;           ///< The step that is the expression's value.
  std::vector<std::string> inputs;  ///< Columns by Step::column.
  std::vector<std::shared_ptr<arrow::DataType>> input_types;
  std::vector<std::string> columns;  ///< The same, sorted.
  std::shared_ptr<arrow::DataType> type;
};

/// Runs one step whose arguments are `args`; the result has `rows` rows (1 where all arguments are constant).
[[nodiscard]] Value run_step(const Step& step, std::span<const Value> args, std::int64_t rows);

/// The value with NULL where it had failed: nothing fails any more.
[[nodiscard]] Value null_where_failed(Value value);

}  // namespace haul::expression
