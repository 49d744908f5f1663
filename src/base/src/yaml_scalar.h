#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "haul/base/yaml.h"

namespace haul {

/// What a plain scalar is by the YAML 1.2 core schema (section 10.3.2); nothing for null. Numbers that are
/// not finite
/// (.inf, .nan, 1e999) come back as kNumber: read_number() is the one to refuse them.
[[nodiscard]] std::optional<YamlNode::ScalarType> type_of_plain(std::string_view text);

/// The value of a kInteger scalar (decimal, 0o17, 0x1F), or nothing where 64 bits do not hold it.
[[nodiscard]] std::optional<std::int64_t> read_integer(std::string_view text);

/// The value of a kInteger or kNumber scalar, or nothing where it is not finite.
[[nodiscard]] std::optional<double> read_number(std::string_view text);

/// A kInteger or kNumber scalar as a JSON number: exact for integers of up to 64 bits, else the nearest
/// double.
[[nodiscard]] std::string json_number(std::string_view text);

}  // namespace haul
