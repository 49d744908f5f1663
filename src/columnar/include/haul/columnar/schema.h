#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"

namespace haul::columnar {

/// Whether a column may hold nulls once a row is valid.
enum class Presence : std::uint8_t { kOptional, kRequired };
/// Personal columns get no statistics in files and no values in logs.
enum class Privacy : std::uint8_t { kOpen, kPersonal };

/// One column. `type` is one of: boolean, int8..int64, float32, float64, utf8, binary, date32,
/// timestamp(us, "UTC"), timestamp(us) (local, without zone), decimal128(p, s), list and struct of these.
struct Column {
  std::string name;
  std::shared_ptr<arrow::DataType> type;
  Presence presence = Presence::kOptional;
  Privacy privacy = Privacy::kOpen;
};

/// The columns of a dataset in order. Names are unique without regard to case (as Delta demands).
struct Schema {
  std::vector<Column> columns;

  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;
};

/// Arrow's schema of the same columns; required columns are not nullable, personal ones carry the field
/// metadata "haul.privacy" = "personal", so that the round trip through from_arrow() keeps everything.
[[nodiscard]] std::shared_ptr<arrow::Schema> to_arrow(const Schema& schema);

/// Whether values of `type` are values of `wanted`: the same type, or a dictionary of it.
[[nodiscard]] bool holds(const arrow::DataType& type, const arrow::DataType& wanted);

/// kInvalidInput names the first column whose type is not one of Column's, or the repeated name.
Result<Schema> from_arrow(const arrow::Schema& schema);

}  // namespace haul::columnar
