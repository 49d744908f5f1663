#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace haul::contract {

/// `text` as a YAML scalar that is text again when it is read.
[[nodiscard]] std::string yaml_text(std::string_view text);

/// `text` without line ends, which would leave a comment.
[[nodiscard]] std::string one_line(std::string text);

/// A number with a comma for every three digits.
[[nodiscard]] std::string grouped(std::uint64_t number);

/// "1 character", "3 characters".
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view noun);

/// Whether a column's name sounds like something about a person.
[[nodiscard]] bool sounds_personal(std::string_view name);

/// logicalType and physicalType, so that a column is kept as the type it was seen with.
struct TypeClauses {
  std::string_view logical;
  std::string physical = {};
  std::string_view options = {};
};
/// Of a type that is no list and no object.
[[nodiscard]] TypeClauses clauses_of(const arrow::DataType& type);

}  // namespace haul::contract
