#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "haul/base/result.h"

namespace haul::contract {

/// What a contract can be written as, for those who do not read Open Data Contracts.
enum class ExportFormat : std::uint8_t {
  kJsonSchema,  ///< JSON Schema 2020-12 of one row as NDJSON sources receive it.
  kAvro,        ///< Avro 1.11: a record an object; several objects as a union.
  kSql,         ///< DDL in DuckDB's dialect: a table an object, row rules as CHECK.
  kMarkdown,    ///< For a wiki or a repository.
  kHtml,        ///< One page that needs nothing else.
};

/// "jsonschema", "avro", "sql", "markdown" or "html". kInvalidInput otherwise.
Result<ExportFormat> export_format_named(std::string_view name);

/// The contract file `yaml` in another format, as text that ends with a line end. Pure; costs microseconds a
/// column.
///
/// Only what takes rows out (severity error or block) becomes a constraint of the formats that have some;
/// what they cannot state, or only warns, stands in them as a comment: nothing is left out silently. Errors
/// as parse_contract(). kInvalidInput as well: Avro cannot name the columns of an object apart.
Result<std::string> export_contract(std::string_view yaml, std::string file, ExportFormat format);

}  // namespace haul::contract
