#pragma once

#include <simdjson.h>

#include <cstdint>
#include <map>
#include <vector>

#include "haul/base/result.h"
#include "plan_expression.h"

namespace haul::query {

/// The same columns under the binding that the operator `table_index` gives them.
[[nodiscard]] Relation rebound(Relation relation, std::uint64_t table_index);

/// Where equal rows are merged or matched, every column decides which rows there are.
void all_columns_decide(Relation& relation);

/// Walks a bound, unoptimised logical plan of DuckDB from its leaves up and says of each operator's columns
/// what they are computed from. One walk per plan. Every operator, join type and member that changes what
/// rows or values there are is either understood or an error that names it.
class PlanWalk {
 public:
  Result<Relation> walk(const simdjson::dom::element& node);

 private:
  using Object = simdjson::dom::object;
  using Operator = Result<Relation> (PlanWalk::*)(const Object&);
  struct NamedOperator;
  static const std::vector<NamedOperator>& operators();

  Result<std::vector<Relation>> children(const Object& node, std::size_t count);
  Result<Relation> only_child(const Object& node);

  Result<Relation> get(const Object& node);
  Result<Relation> get_function(const Object& node);
  Result<Relation> projection(const Object& node);
  Result<Relation> filter(const Object& node);
  Result<Relation> order(const Object& node);
  Result<Relation> limit(const Object& node);
  Result<Relation> distinct(const Object& node);
  Result<Relation> aggregate(const Object& node);
  Result<Relation> window(const Object& node);
  Result<Relation> unnest(const Object& node);
  Result<Relation> pivot(const Object& node);
  Result<Relation> sample(const Object& node);
  Result<Relation> values(const Object& node);
  Result<Relation> constant_rows(const Object& node);
  Result<Relation> dummy_scan(const Object& node);
  Result<Relation> cross_product(const Object& node);
  Result<Relation> join(const Object& node);
  Result<Relation> any_join(const Object& node);
  Result<Relation> delim_join(const Object& node);
  Result<Relation> delim_get(const Object& node);
  Result<Relation> set_operation(const Object& node);
  Result<Relation> materialized_cte(const Object& node);
  Result<Relation> recursive_cte(const Object& node);
  Result<Relation> cte_reference(const Object& node);

  Result<Relation> joined(const Object& node, Relation left, Relation right);

  /// What the references to each CTE in scope give, by the CTE's table index.
  std::map<std::uint64_t, Relation> ctes_;
  /// The columns that the enclosing correlated joins hand to their right sides, innermost last.
  std::vector<Relation> handed_over_;
};

}  // namespace haul::query
