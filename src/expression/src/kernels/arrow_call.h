#pragma once

#include <string>
#include <vector>

#include "../value.h"

namespace arrow::compute {
class FunctionOptions;
}

namespace haul::expression {

/// Arrow's kernel `name` over the call's arguments, for kernels whose semantics equal DuckDB's.
[[nodiscard]] Value call_arrow(const std::string& name, const Call& call,
                               const arrow::compute::FunctionOptions* options = nullptr);

}  // namespace haul::expression
