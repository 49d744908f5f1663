#pragma once

#include <arrow/type_fwd.h>

#include <string>
#include <string_view>

#include "haul/base/result.h"

namespace haul::adapters::duckdb {

/// DuckDB's name of one of columnar::Column's types. kInvalidInput names a type that is none of them.
Result<std::string> sql_type(const arrow::DataType& type);

}  // namespace haul::adapters::duckdb
