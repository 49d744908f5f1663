#pragma once

#include <arrow/type_fwd.h>

#include <memory>

#include "haul/base/result.h"
#include "haul/columnar/selection.h"

namespace haul::columnar {

/// Whether a column of the type `narrow` may become `wide` with every value unchanged: the list of the Delta
/// protocol's type widening (whole numbers to longer ones, to double and to decimals that hold their digits,
/// float to double, decimals to longer ones, date to a local timestamp), and the same within lists and
/// structs. A struct may get new parts, and its parts another order. Nulls need room: what is nullable in
/// `narrow` and what is new in `wide` is nullable in `wide`. Every type widens to itself.
[[nodiscard]] bool can_widen(const arrow::DataType& narrow, const arrow::DataType& wide);

/// `values` as values of `wide`. Copies only what changes. kInvalidInput: a value that `wide` does not hold
/// (never where can_widen()).
Result<ArrayPtr> widen(const ArrayPtr& values, const std::shared_ptr<arrow::DataType>& wide);

}  // namespace haul::columnar
