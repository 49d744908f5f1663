#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <optional>
#include <string>

#include "reading.h"

namespace haul::contract {

/// How a logicalType is kept.
struct StoredType {
  std::shared_ptr<arrow::DataType> type;
  /// The length in characters that physicalType states, as in VARCHAR(20).
  std::optional<std::int64_t> length;
};

/// The type of a column or of items, from logicalType, physicalType and format; docs/contracts.md has the
/// table. Nothing where there is none, or where the parts disagree: then the problem is reported.
[[nodiscard]] std::optional<StoredType> read_stored_type(Reading& reading, const YamlNode& node,
                                                         const std::string& path);

/// "int16", "decimal(9,2)": a type for messages, in the words of the contract's author.
[[nodiscard]] std::string describe_type(const arrow::DataType& type);

/// The lowest and highest value of an integer column: what its type holds, or what an unsigned format allows.
struct IntegerRange {
  std::int64_t lowest = 0;
  std::int64_t highest = 0;
};
[[nodiscard]] std::optional<IntegerRange> integer_range(const arrow::DataType& type, const YamlNode& node);
/// u8, u16 or u32 as a range: the type that holds it is wider, so a rule has to keep it.
[[nodiscard]] std::optional<IntegerRange> unsigned_range(const YamlNode& node);

}  // namespace haul::contract
