#include "draft_words.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "haul/base/check.h"
#include "haul/base/json.h"
#include "sql_text.h"

namespace haul::contract {

std::string yaml_text(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto is_of_a_word = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  const bool word =
      !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), is_of_a_word);
  // The last six are booleans in YAML 1.1, which some readers still speak.
  static constexpr std::array<std::string_view, 9> kTyped{"true", "false", "null", "yes", "no",
                                                          "on",   "off",   "y",    "n"};
  const bool typed = std::find(kTyped.begin(), kTyped.end(), lower(text)) != kTyped.end();
  return word && !typed ? std::string(text) : json_string(text);
}

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return text;
}

std::string grouped(std::uint64_t number) {
  std::string digits = fmt::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string counted(std::uint64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

bool sounds_personal(std::string_view name) {
  static constexpr std::array<std::string_view, 14> kWords{
      "email",     "e_mail",  "phone", "mobile",   "firstname",   "first_name", "lastname",
      "last_name", "surname", "birth", "passport", "driver_name", "ssn",        "iban"};
  const std::string folded = lower(name);
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return folded.find(word) != std::string::npos; });
}

TypeClauses clauses_of(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL:
      return {"boolean"};
    case arrow::Type::INT8:
      return {"integer", "TINYINT"};
    case arrow::Type::INT16:
      return {"integer", "SMALLINT"};
    case arrow::Type::INT32:
      return {"integer", "INTEGER"};
    case arrow::Type::INT64:
      return {"integer"};
    case arrow::Type::FLOAT:
      return {"number", "FLOAT"};
    case arrow::Type::DOUBLE:
      return {"number"};
    case arrow::Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
      return {"number", fmt::format("'DECIMAL({},{})'", decimal.precision(), decimal.scale())};
    }
    case arrow::Type::STRING:
      return {"string"};
    case arrow::Type::BINARY:
      return {"string", "BLOB"};
    case arrow::Type::DATE32:
      return {"date"};
    case arrow::Type::TIMESTAMP:
      if (static_cast<const arrow::TimestampType&>(type).timezone().empty())
        return {"timestamp", "", "timezone: false"};
      return {"timestamp"};
    default:
      HAUL_CHECK(false, "lists and objects are written by their parts");
  }
}

}  // namespace haul::contract
