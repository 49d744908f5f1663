#pragma once

#include <arrow/type_fwd.h>

#include <string>
#include <string_view>

#include "haul/base/result.h"

namespace haul::adapters::duckdb {

/// "a ""b""": an identifier, whatever is in it.
[[nodiscard]] std::string quoted_name(std::string_view name);

/// 'it''s': a string literal.
[[nodiscard]] std::string quoted_text(std::string_view text);

/// DuckDB's name of one of columnar::Column's types. kInvalidInput names a type that is none of them.
Result<std::string> sql_type(const arrow::DataType& type);

}  // namespace haul::adapters::duckdb
