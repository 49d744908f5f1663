#include "haul/expression/expression.h"

#include <arrow/array.h>
#include <arrow/compute/initialize.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "binding.h"
#include "haul/base/check.h"
#include "program.h"
#include "program_builder.h"

namespace haul::expression {
namespace {

/// Registers Arrow's kernels, once in the life of the process.
void load_kernels() {
  static const bool loaded = arrow::compute::Initialize().ok();
  HAUL_CHECK(loaded, "Arrow's compute kernels register");
}

/// One row of `value` for each of `rows`.
Value expand(const Value& value, std::int64_t rows) {
  Step repeat{.kind = StepKind::kCoalesce, .type = value.type};
  return run_step(repeat, {&value, 1}, rows);
}

Result<std::vector<Value>> read_columns(const arrow::RecordBatch& batch,
                                        const std::vector<std::string>& names,
                                        const std::vector<std::shared_ptr<arrow::DataType>>& types) {
  std::vector<Value> columns;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const int place = batch.schema()->GetFieldIndex(names[i]);
    if (place < 0) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("the batch has no column '{}', which the expression reads", names[i]));
    }
    const auto& data = batch.column_data(place);
    if (!data->type->Equals(*types[i])) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("column '{}' is {} in the batch; the expression was compiled for {}", names[i],
                              data->type->ToString(), types[i]->ToString()));
    }
    columns.push_back({from_arrow(*types[i]), data});
  }
  return columns;
}

}  // namespace

Expression::Expression(std::unique_ptr<Program> program) : program_(std::move(program)) {}
Expression::~Expression() = default;
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;

const std::shared_ptr<arrow::DataType>& Expression::type() const { return program_->type; }

const std::vector<std::string>& Expression::columns() const { return program_->columns; }

Result<Expression> Expression::compile(std::string_view sql, const columnar::Schema& schema,
                                       const SqlParser& parser) {
  load_kernels();
  HAUL_TRY(bound, bind(sql, schema, parser));
  ProgramBuilder builder(bound.columns, bound.offset);
  if (auto built = builder.build(bound.root); !built) return fail(with_context(built.error(), in_words(sql)));

  auto program = std::make_unique<Program>();
  program->steps = std::move(builder.steps);
  program->result = builder.result;
  for (const std::size_t used : builder.columns_used) {
    program->inputs.push_back(bound.columns[used].name);
    program->input_types.push_back(bound.columns[used].type);
  }
  program->columns = program->inputs;
  std::sort(program->columns.begin(), program->columns.end());
  const SqlType type = program->steps[program->result].type;
  if (type.id == TypeId::kInterval || type.id == TypeId::kHugeInt || type.id == TypeId::kNested) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("{}: the result is a {}, which no column can hold; cast it", in_words(sql),
                            to_string(type)));
  }
  program->type = to_arrow(type);
  return Expression(std::move(program));
}

Result<Evaluated> Expression::evaluate(const arrow::RecordBatch& batch) const {
  HAUL_TRY(columns, read_columns(batch, program_->inputs, program_->input_types));
  const std::int64_t rows = batch.num_rows();
  std::vector<Value> values(program_->steps.size());
  std::vector<Value> args;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Step& step = program_->steps[i];
    if (step.kind == StepKind::kColumn) {
      values[i] = columns[step.column];
    } else if (step.kind == StepKind::kConstant) {
      values[i] = step.constant;
    } else {
      args.clear();
      for (const std::size_t arg : step.args) args.push_back(values[arg]);
      values[i] = run_step(step, args, rows);
    }
  }
  Value result = std::move(values[program_->result]);
  if (result.constant) result = expand(result, rows);
  Evaluated evaluated;
  if (result.failed != nullptr) {
    evaluated.failed = *result.failed;
    if (std::find(evaluated.failed.begin(), evaluated.failed.end(), 1) == evaluated.failed.end()) {
      evaluated.failed.clear();
    }
    result = null_where_failed(std::move(result));
  }
  evaluated.values = arrow::MakeArray(result.data);
  return evaluated;
}

}  // namespace haul::expression
