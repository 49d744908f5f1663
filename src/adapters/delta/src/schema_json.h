#pragma once

#include <simdjson.h>

#include <string>

#include "haul/base/result.h"
#include "haul/columnar/schema.h"

namespace haul::adapters {

/// The schema in Delta's JSON form (Delta protocol, "Schema Serialization Format").
[[nodiscard]] std::string schema_json(const columnar::Schema& schema);
/// One field of it.
[[nodiscard]] std::string field_json(const columnar::Column& column);

/// kInvalidInput: a type that our columns cannot have (e.g. a map), with the column named.
Result<columnar::Schema> parse_schema(simdjson::dom::element schema);

}  // namespace haul::adapters
