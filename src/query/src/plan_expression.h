#pragma once

#include <simdjson.h>

#include <cstdint>
#include <set>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/query/lineage.h"

namespace haul::query {

using Inputs = std::set<ColumnRef>;

/// A column that an operator of a logical plan gives: its binding (how expressions above may name it) and the
/// input columns that its values are computed from.
struct PlanColumn {
  std::uint64_t table_index = 0;
  std::uint64_t column_index = 0;
  Inputs inputs = {};
};

/// What an operator gives: its columns in order, and the input columns that decide which rows there are.
struct Relation {
  std::vector<PlanColumn> columns = {};
  Inputs deciding = {};
};

void add(Inputs& to, const Inputs& more);

/// Adds the inputs of every bound expression within `node` (one expression, or lists and objects that hold
/// some) to `to`; `scope` is what the expression's references point into. kInvalidInput names a class of
/// expression or a reference that is not known: then nothing can be said.
Result<void> add_inputs(const simdjson::dom::element& node, const Relation& scope, Inputs& to);

/// The error for a construct that lineage does not know.
[[nodiscard]] Error unknown_construct(std::string_view what, std::string_view name);

/// A member of a plan node: an empty view, a null element or 0 where it is absent.
[[nodiscard]] std::string_view text_of(const simdjson::dom::object& node, std::string_view key);
[[nodiscard]] std::uint64_t number_of(const simdjson::dom::object& node, std::string_view key);
[[nodiscard]] std::vector<simdjson::dom::element> list_of(const simdjson::dom::object& node,
                                                          std::string_view key);

}  // namespace haul::query
