// AND, OR, NOT in three-valued logic: Arrow's Kleene kernels.
#include "../allow_list.h"
#include "arrow_call.h"

namespace haul::expression {
namespace {

Value fold_pairs(const std::string& name, const Call& call) {
  Value left = call.args[0];
  for (std::size_t i = 1; i < call.args.size(); ++i) {
    const std::array<Value, 2> pair{std::move(left), call.args[i]};
    const bool constant = pair[0].constant && pair[1].constant;
    left = call_arrow(name, {call.type, pair, constant ? 1 : call.rows});
    left.constant = constant && call.rows != 1;
    left.failed = nullptr;  // run_step() has joined the arguments' failures.
  }
  return left;
}

Value all_of(const Call& call) { return fold_pairs("and_kleene", call); }
Value any_of(const Call& call) { return fold_pairs("or_kleene", call); }
Value not_of(const Call& call) { return call_arrow("invert", call); }

}  // namespace

void add_logic(AllowList& list) {
  list.add({.name = "AND", .args = {TypeId::kBoolean, TypeId::kBoolean}, .kernel = all_of, .variadic = true});
  list.add({.name = "OR", .args = {TypeId::kBoolean, TypeId::kBoolean}, .kernel = any_of, .variadic = true});
  list.add({.name = "NOT", .args = {TypeId::kBoolean}, .kernel = not_of});
}

}  // namespace haul::expression
