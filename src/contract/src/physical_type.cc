#include "physical_type.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <string>

namespace haul::contract {
namespace {

using Family = PhysicalFamily;
struct Name {
  std::string_view name;
  Family family;
};
constexpr std::array<Name, 56> kNames{{
    {"VARCHAR", Family::kText},
    {"TEXT", Family::kText},
    {"STRING", Family::kText},
    {"CHAR", Family::kText},
    {"CHARACTER", Family::kText},
    {"CHARACTER VARYING", Family::kText},
    {"NVARCHAR", Family::kText},
    {"NCHAR", Family::kText},
    {"BPCHAR", Family::kText},
    {"UUID", Family::kText},
    {"JSON", Family::kText},
    {"BINARY", Family::kBinary},
    {"VARBINARY", Family::kBinary},
    {"BLOB", Family::kBinary},
    {"BYTEA", Family::kBinary},
    {"BYTES", Family::kBinary},
    {"TINYINT", Family::kInt8},
    {"INT1", Family::kInt8},
    {"SMALLINT", Family::kInt16},
    {"INT2", Family::kInt16},
    {"SHORT", Family::kInt16},
    {"INTEGER", Family::kInt32},
    {"INT", Family::kInt32},
    {"INT4", Family::kInt32},
    {"BIGINT", Family::kInt64},
    {"INT8", Family::kInt64},
    {"LONG", Family::kInt64},
    {"REAL", Family::kFloat32},
    {"FLOAT", Family::kFloat32},
    {"FLOAT4", Family::kFloat32},
    {"DOUBLE", Family::kFloat64},
    {"DOUBLE PRECISION", Family::kFloat64},
    {"FLOAT8", Family::kFloat64},
    {"DECIMAL", Family::kDecimal},
    {"NUMERIC", Family::kDecimal},
    {"DEC", Family::kDecimal},
    {"BOOLEAN", Family::kBoolean},
    {"BOOL", Family::kBoolean},
    {"LOGICAL", Family::kBoolean},
    {"DATE", Family::kDate},
    {"TIMESTAMP", Family::kTimestamp},
    {"DATETIME", Family::kTimestamp},
    {"TIMESTAMPTZ", Family::kTimestampUtc},
    {"TIMESTAMP WITH TIME ZONE", Family::kTimestampUtc},
    {"TIMESTAMP_TZ", Family::kTimestampUtc},
    {"TIMESTAMP_LTZ", Family::kTimestampUtc},
    {"TIMESTAMP_NTZ", Family::kTimestampLocal},
    {"TIMESTAMP WITHOUT TIME ZONE", Family::kTimestampLocal},
    {"DATETIME2", Family::kTimestampLocal},
    {"LIST", Family::kList},
    {"ARRAY", Family::kList},
    {"REPEATED", Family::kList},
    {"STRUCT", Family::kStruct},
    {"OBJECT", Family::kStruct},
    {"RECORD", Family::kStruct},
    {"ROW", Family::kStruct},
}};

/// Upper case, single blanks, none at the ends.
std::string normalized(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) {
      out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

/// "20" or "12, 2"; nothing for anything else.
std::optional<std::vector<std::int64_t>> read_arguments(std::string_view text) {
  std::vector<std::int64_t> numbers;
  while (true) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc{}) return std::nullopt;
    numbers.push_back(number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    while (text.starts_with(' ')) text.remove_prefix(1);
    if (text.empty()) return numbers;
    if (!text.starts_with(',')) return std::nullopt;
    text.remove_prefix(1);
  }
}

}  // namespace

PhysicalType read_physical_type(std::string_view text) {
  std::string name = normalized(text);
  std::vector<std::int64_t> arguments;
  if (const auto open = name.find('('); open != std::string::npos) {
    const auto close = name.find(')', open);
    if (close == std::string::npos) return {};
    const auto numbers = read_arguments(std::string_view(name).substr(open + 1, close - open - 1));
    if (!numbers) return {};
    arguments = *numbers;
    name = normalized(name.substr(0, open) + name.substr(close + 1));  // TIMESTAMP(6) WITH TIME ZONE
  }
  const auto* const found =
      std::find_if(kNames.begin(), kNames.end(), [&](const Name& each) { return each.name == name; });
  return {found == kNames.end() ? Family::kUnknown : found->family, std::move(arguments)};
}

}  // namespace haul::contract
