#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace haul::adapters::postgres {

/// "Flight Legs" -> flight_legs: a name that a contract and its table can have.
[[nodiscard]] std::string contract_name(std::string_view table);

/// For each column its own name, or the nearest one that a table of ours can have and no other column has
/// (case does not count).
[[nodiscard]] std::vector<std::string> column_names(const std::vector<std::string>& columns);

/// Whether `name` can stand in object.column of a relationship.
[[nodiscard]] bool is_identifier(std::string_view name);

}  // namespace haul::adapters::postgres
