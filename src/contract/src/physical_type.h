#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace haul::contract {

/// What a physicalType is, as far as it decides how a column is kept.
enum class PhysicalFamily : std::uint8_t {
  kUnknown,
  kText,
  kBinary,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kFloat32,
  kFloat64,
  kDecimal,
  kBoolean,
  kDate,
  kTimestamp,  ///< With or without a zone: `timezone` says.
  kTimestampUtc,
  kTimestampLocal,
  kList,
  kStruct,
};

struct PhysicalType {
  PhysicalFamily family = PhysicalFamily::kUnknown;
  std::vector<std::int64_t> arguments;  ///< The numbers in the brackets of VARCHAR(20) or DECIMAL(12,2).
};

/// Reads a SQL type name, in any case. Names are DuckDB's, with the aliases of PostgreSQL and Spark where
/// they mean the same (FLOAT is 32 bits, as in DuckDB and Spark).
[[nodiscard]] PhysicalType read_physical_type(std::string_view text);

}  // namespace haul::contract
