#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace haul::expression {

/// The DuckDB types an expression may pass through. Intervals, 128-bit integers and the type of a bare NULL
/// exist only inside an expression; a list or struct column can only be tested for NULL.
enum class TypeId : std::uint8_t {
  kNull,
  kBoolean,
  kTinyInt,
  kSmallInt,
  kInteger,
  kBigInt,
  kHugeInt,
  kFloat,
  kDouble,
  kDecimal,
  kVarchar,
  kBlob,
  kDate,
  kTimestamp,
  kTimestampTz,
  kInterval,
  kNested,
};

struct SqlType {
  TypeId id = TypeId::kNull;
  std::uint8_t width = 0;  ///< Decimals: digits in all.
  std::uint8_t scale = 0;  ///< Decimals: digits after the point.

  friend bool operator==(const SqlType&, const SqlType&) = default;
};

/// "BIGINT", "DECIMAL(9,2)", "TIMESTAMP WITH TIME ZONE": DuckDB's own names.
[[nodiscard]] std::string to_string(SqlType type);
[[nodiscard]] std::string_view to_string(TypeId id);

/// The type named as in DuckDB's serialised trees; kNested for what an expression cannot compute with.
[[nodiscard]] SqlType parse_type(std::string_view id, int width, int scale);

/// How a column of this Arrow type is seen. kNested for lists and structs and for what DuckDB has no twin of.
[[nodiscard]] SqlType from_arrow(const arrow::DataType& type);

/// The Arrow type that holds it: intervals and 128-bit integers as 16 opaque bytes.
[[nodiscard]] std::shared_ptr<arrow::DataType> to_arrow(SqlType type);

/// The type as DuckDB's CAST spells it, nested ones included; empty where DuckDB has no such type.
[[nodiscard]] std::string sql_name(const arrow::DataType& type);

/// Bytes of one value in memory; 0 for booleans (bits), strings and nested types.
[[nodiscard]] int byte_width(TypeId id);

}  // namespace haul::expression
