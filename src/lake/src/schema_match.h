#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <vector>

#include "haul/base/result.h"
#include "haul/columnar/schema.h"

namespace haul::lake {

/// The columns of `wanted` that `table` lacks, as nullable ones: what to add.
/// kInvalidInput: a column that both have differs in type, case of its name, or takes nulls where the table
/// does not.
Result<std::vector<columnar::Column>> missing_columns(const columnar::Schema& table,
                                                      const columnar::Schema& wanted);

/// `batch` with exactly the columns of `schema`, in its order; absent nullable columns become null. Copies no
/// values. kInvalidInput: an unknown column, an absent required one, or another type.
Result<std::shared_ptr<arrow::RecordBatch>> arrange(const arrow::RecordBatch& batch,
                                                    const columnar::Schema& schema);

}  // namespace haul::lake
