#pragma once

#include "bound_tree.h"
#include "haul/base/result.h"
#include "value.h"

namespace haul::expression {

/// The one-row value of a constant node. kInvalidInput: a constant of a type that expressions do not have.
Result<Value> make_constant(const Node& node);

}  // namespace haul::expression
