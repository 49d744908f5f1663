#include "haul/columnar/widening.h"

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/compute/cast.h>
#include <arrow/compute/initialize.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include <algorithm>

#include "haul/columnar/arrow_error.h"

namespace haul::columnar {
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

/// What a part of a list or struct may become.
bool part_can_widen(const arrow::Field& narrow, const arrow::Field& wide) {
  return (wide.nullable() || !narrow.nullable()) && can_widen(*narrow.type(), *wide.type());
}

bool parts_can_widen(const arrow::StructType& narrow, const arrow::StructType& wide) {
  const auto& old_parts = narrow.fields();
  const auto& parts = wide.fields();
  return std::all_of(old_parts.begin(), old_parts.end(),
                     [&](const auto& part) {
                       const auto twin = wide.GetFieldByName(part->name());
                       return twin != nullptr && part_can_widen(*part, *twin);
                     }) &&
         std::all_of(parts.begin(), parts.end(), [&](const auto& part) {
           return part->nullable() || narrow.GetFieldByName(part->name()) != nullptr;
         });
}

/// The same list over wider values.
Result<ArrayPtr> widen_list(const arrow::Array& values, const std::shared_ptr<arrow::DataType>& wide) {
  const auto data = values.data()->Copy();
  HAUL_TRY(items, widen(arrow::MakeArray(data->child_data[0]), wide->field(0)->type()));
  data->type = wide;
  data->child_data = {items->data()};
  return arrow::MakeArray(data);
}

/// Parts by name: those that are there, those that are new as nulls.
Result<ArrayPtr> widen_struct(const arrow::Array& values, const std::shared_ptr<arrow::DataType>& wide) {
  const auto data = values.data()->Copy();
  const auto& narrow = static_cast<const arrow::StructType&>(*values.type());
  std::vector<std::shared_ptr<arrow::ArrayData>> parts;
  for (const auto& part : wide->fields()) {
    const int place = narrow.GetFieldIndex(part->name());
    if (place >= 0) {
      HAUL_TRY(wider,
               widen(arrow::MakeArray(data->child_data[static_cast<std::size_t>(place)]), part->type()));
      parts.push_back(wider->data());
      continue;
    }
    auto nulls = arrow::MakeArrayOfNull(part->type(), data->offset + data->length);
    if (!nulls.ok()) return fail(to_error(nulls.status(), part->name()));
    parts.push_back((*nulls)->data());
  }
  data->type = wide;
  data->child_data = std::move(parts);
  return arrow::MakeArray(data);
}

}  // namespace

bool can_widen(const arrow::DataType& narrow, const arrow::DataType& wide) {
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
  if (wide.id() == arrow::Type::LIST) return part_can_widen(*narrow.field(0), *wide.field(0));
  if (wide.id() != arrow::Type::STRUCT) return false;
  return parts_can_widen(static_cast<const arrow::StructType&>(narrow),
                         static_cast<const arrow::StructType&>(wide));
}

Result<ArrayPtr> widen(const ArrayPtr& values, const std::shared_ptr<arrow::DataType>& wide) {
  const arrow::DataType& narrow = *values->type();
  if (narrow.Equals(*wide)) return values;
  if (narrow.id() == arrow::Type::LIST && wide->id() == arrow::Type::LIST) return widen_list(*values, wide);
  if (narrow.id() == arrow::Type::STRUCT && wide->id() == arrow::Type::STRUCT)
    return widen_struct(*values, wide);
  const auto cast = [&]() -> arrow::Result<ArrayPtr> {
    ARROW_RETURN_NOT_OK(arrow::compute::Initialize());
    return arrow::compute::Cast(*values, wide);
  }();
  if (!cast.ok()) {
    return fail(to_error(cast.status(), fmt::format("{} as {}", narrow.ToString(), wide->ToString())));
  }
  return *cast;
}

}  // namespace haul::columnar
