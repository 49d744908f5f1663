#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <string>

#include "haul/base/result.h"

namespace haul::ingest {

/// kInvalidInput: a column, or a part of one, has a type that cannot be written as JSON (named).
Result<void> check_json_schema(const arrow::Schema& schema);

/// Appends row `row` of the batch as one JSON object, keys in the order of the columns. Nothing is lost:
/// numbers have all their digits, times their fraction (and Z where the type has a zone), bytes that are no
/// UTF-8 become
/// {"base64": "..."}, NaN and the infinities become text. The schema was checked.
void append_json_row(const arrow::RecordBatch& batch, std::int64_t row, std::string& out);

}  // namespace haul::ingest
