#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <string>
#include <vector>

#include "haul/base/result.h"
#include "haul/columnar/schema.h"

namespace haul::lake {

/// What makes room for rows of another schema.
struct SchemaChange {
  std::vector<columnar::Column> add;     ///< Those that the table lacks, as nullable ones.
  std::vector<columnar::Column> retype;  ///< Those of a narrower type, with the wider one and all else kept.
};

/// The change of `table` that `wanted` asks for. kInvalidInput: a column that both have differs in the case
/// of its name, takes nulls where the table does not, or has a type that does not hold the table's values
/// (columnar::can_widen()).
Result<SchemaChange> change_between(const columnar::Schema& table, const columnar::Schema& wanted);

/// `table` after the change.
[[nodiscard]] columnar::Schema with_change(columnar::Schema table, const SchemaChange& change);

/// "delay: int32 to int64, ...": the columns that get another type, for the history.
[[nodiscard]] std::string retypings(const columnar::Schema& table, const SchemaChange& change);

/// `batch` with exactly the columns of `schema`, in its order; absent nullable columns become null. Copies no
/// values. kInvalidInput: an unknown column, an absent required one, or another type.
Result<std::shared_ptr<arrow::RecordBatch>> arrange(const arrow::RecordBatch& batch,
                                                    const columnar::Schema& schema);

}  // namespace haul::lake
