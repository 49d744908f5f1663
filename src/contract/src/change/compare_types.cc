#include "change/compare_types.h"

#include <arrow/type.h>
#include <arrow/type_traits.h>

#include <limits>

namespace haul::contract {
namespace {

/// Digits before the point that hold every integer of the type.
std::int32_t digits_of(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::INT8:
      return 3;
    case arrow::Type::INT16:
      return 5;
    case arrow::Type::INT32:
      return 10;
    default:
      return 20;  // as Delta has it for 64 bits
  }
}

bool decimal_holds(const arrow::DecimalType& wide, std::int32_t digits, std::int32_t scale) {
  return wide.scale() >= scale && wide.precision() - wide.scale() >= digits;
}

/// Whether `wide` holds every value of `narrow`: the list of the Delta protocol's type widening.
bool holds(const arrow::DataType& wide, const arrow::DataType& narrow) {
  if (wide.Equals(narrow)) return true;
  const bool from_integer = arrow::is_integer(narrow.id());
  if (from_integer && arrow::is_integer(wide.id()))
    return arrow::bit_width(wide.id()) > arrow::bit_width(narrow.id());
  if (wide.id() == arrow::Type::DOUBLE) {
    return narrow.id() == arrow::Type::FLOAT || (from_integer && narrow.id() != arrow::Type::INT64);
  }
  if (wide.id() == arrow::Type::DECIMAL128) {
    const auto& decimal = static_cast<const arrow::DecimalType&>(wide);
    if (from_integer) return decimal_holds(decimal, digits_of(narrow), 0);
    if (narrow.id() != arrow::Type::DECIMAL128) return false;
    const auto& other = static_cast<const arrow::DecimalType&>(narrow);
    return decimal_holds(decimal, other.precision() - other.scale(), other.scale());
  }
  if (narrow.id() == arrow::Type::DATE32 && wide.id() == arrow::Type::TIMESTAMP) {
    return static_cast<const arrow::TimestampType&>(wide).timezone().empty();
  }
  if (wide.id() != narrow.id()) return false;
  if (wide.id() == arrow::Type::LIST) return holds(*wide.field(0)->type(), *narrow.field(0)->type());
  if (wide.id() != arrow::Type::STRUCT) return false;
  const auto& parts = static_cast<const arrow::StructType&>(wide);
  for (const auto& part : narrow.fields()) {
    const auto twin = parts.GetFieldByName(part->name());
    if (twin == nullptr || !holds(*twin->type(), *part->type())) return false;
  }
  return true;
}

}  // namespace

TypeChange compare_types(const ColumnFacts& before, const ColumnFacts& after) {
  if (before.range && after.range) {  // unsigned formats hold less than the type they are kept in
    const bool more =
        after.range->lowest <= before.range->lowest && after.range->highest >= before.range->highest;
    const bool less =
        after.range->lowest >= before.range->lowest && after.range->highest <= before.range->highest;
    if (more && less) return TypeChange::kNone;
    return more ? TypeChange::kWidened : less ? TypeChange::kNarrowed : TypeChange::kOther;
  }
  const bool holds_old = holds(*after.type, *before.type);
  const bool fits_old = holds(*before.type, *after.type);
  if (holds_old && fits_old) return TypeChange::kNone;  // the parts of an object stand in another order
  if (holds_old) return TypeChange::kWidened;
  return fits_old ? TypeChange::kNarrowed : TypeChange::kOther;
}

}  // namespace haul::contract
