#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>

#include "catalog.h"

namespace haul::adapters::postgres {

/// How values of a column compare, for what a CHECK says of them.
enum class ValueKind : std::uint8_t {
  kBoolean,
  kInteger,
  kNumber,  ///< numeric, real, double precision
  kText,
  kPadded,  ///< character(n): blanks at the end do not count
  kEnum,
  kDate,
  kLocalTime,
  kInstant,
  kOther  ///< Kept as the text that PostgreSQL writes, or compared as no contract can.
};

/// What a column becomes.
struct ColumnType {
  std::shared_ptr<arrow::DataType> type;  ///< Null: a decimal whose digits the rows tell.
  ValueKind kind = ValueKind::kOther;
  std::string physical_type = {};  ///< As contract::ColumnDeclaration.
  bool is_uuid = false;
  std::string note = {};  ///< What a contract cannot hold of it.
};

/// The type by docs/contracts.md; every type of PostgreSQL has one, text at worst.
[[nodiscard]] ColumnType column_type(const CatalogColumn& column);

}  // namespace haul::adapters::postgres
