#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "haul/base/yaml.h"
#include "problems.h"

namespace haul::contract {

/// The versions of the standard that are read.
enum class Edition : std::uint8_t { kV31, kV32 };

struct Shape;

/// What the value of a key looks like.
enum class Form : std::uint8_t {
  kText,
  kId,    ///< Text of letters, digits, _ and -.
  kDate,  ///< Text, yyyy-mm-dd.
  kTime,  ///< Text, RFC 3339.
  kBoolean,
  kInteger,
  kPort,   ///< An integer; since v3.2 text as well.
  kCount,  ///< An integer from 0.
  kNumber,
  kScalar,  ///< Any single value, or null.
  kAny,
  kMap,  ///< Any keys.
  kTextOrMap,
  kTexts,    ///< A list of texts.
  kTextSet,  ///< A list of different texts, one at least.
  kTextOrTexts,
  kAnys,             ///< A list of anything.
  kNumberPair,       ///< A list of two different numbers.
  kObject,           ///< Keys as `shape` has them.
  kTextOrObject,     ///< Text, or keys as `shape` has them.
  kObjects,          ///< A list of such.
  kObjectOrObjects,  ///< Keys as `shape` has them, or a list of `items`.
};

enum class Need : std::uint8_t { kOptional, kRequired, kRequiredInV31 };

/// One key of an object.
struct Field {
  std::string_view key;
  Form form = Form::kText;
  Need need = Need::kOptional;
  const Shape* shape = nullptr;
  const Shape* items = nullptr;                  ///< kObjectOrObjects: the shape in the list.
  std::span<const std::string_view> words = {};  ///< Text: one of these.
  std::span<const std::string_view> words_since_v32 = {};
  std::string_view prefix = {};  ///< Text: begins with it.
  Edition since = Edition::kV31;
  /// Objects whose shape depends on themselves or on the object around them; wins over `shape`.
  const Shape* (*choose)(const YamlNode& around, const YamlNode& value) = nullptr;
};

/// The keys an object of the standard may have; all others are unknown.
struct Shape {
  std::string_view noun;  ///< "a column", for messages.
  std::span<const Field> fields;
  std::span<const Field> more = {};  ///< Keys on top, for shapes that share their base.
};

/// Reports every key, value and missing key of `node` that `shape` does not allow, all the way down.
void check_shape(const YamlNode& node, const Shape& shape, Edition edition, Problems& problems);

/// The shape of a whole contract.
[[nodiscard]] const Shape& contract_shape();
/// The shape of an entry of `servers`, by its type.
[[nodiscard]] const Shape* server_shape(const YamlNode& around, const YamlNode& server);

// What the readers ask once the shape is checked: a value that is missing, or was reported, is nothing.
[[nodiscard]] std::optional<std::string> text_at(const YamlNode& node, std::string_view key);
[[nodiscard]] std::optional<bool> flag_at(const YamlNode& node, std::string_view key);
[[nodiscard]] std::optional<std::int64_t> integer_at(const YamlNode& node, std::string_view key);
[[nodiscard]] std::optional<double> number_at(const YamlNode& node, std::string_view key);
/// The value of the custom property `name`, or nothing.
[[nodiscard]] std::optional<YamlNode> custom_property(const YamlNode& node, std::string_view name);

}  // namespace haul::contract
