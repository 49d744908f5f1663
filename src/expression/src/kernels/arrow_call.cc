#include "arrow_call.h"

#include <arrow/array.h>
#include <arrow/compute/exec.h>
#include <arrow/compute/function_options.h>
#include <arrow/datum.h>
#include <arrow/scalar.h>

#include "haul/base/check.h"

namespace haul::expression {
namespace {

arrow::Datum datum_of(const Value& value, std::int64_t rows) {
  if (!value.constant || rows == 1) return value.data;
  auto scalar = arrow::MakeArray(value.data)->GetScalar(0);
  HAUL_CHECK(scalar.ok(), "a constant has one row");
  return *std::move(scalar);
}

}  // namespace

Value call_arrow(const std::string& name, const Call& call, const arrow::compute::FunctionOptions* options) {
  std::vector<arrow::Datum> args;
  for (const Value& arg : call.args) args.push_back(datum_of(arg, call.rows));
  auto result = arrow::compute::CallFunction(name, args, options);
  HAUL_CHECK(result.ok(), result.status().ToString());
  return {call.type, result->array()};
}

}  // namespace haul::expression
