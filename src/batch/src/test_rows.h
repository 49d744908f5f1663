#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <string>
#include <vector>

#include "haul/base/result.h"
#include "haul/batch/model_test.h"
#include "haul/columnar/schema.h"

namespace haul::batch {

/// The rows as a table with the columns of `schema`. kInvalidInput, with the place of the rows: a column that
/// the schema does not have (with "did you mean"), a value that its type cannot hold.
Result<std::shared_ptr<arrow::Table>> to_table(const TestRows& rows, const columnar::Schema& schema);

/// Each row of the named columns as one line, "a=1, b=NULL", sorted.
[[nodiscard]] std::vector<std::string> to_lines(const arrow::Table& table,
                                                const std::vector<std::string>& columns);

}  // namespace haul::batch
