#pragma once

#include <arrow/type_fwd.h>

#include <string_view>

#include "haul/base/error.h"

namespace haul::columnar {

/// Arrow's failure as one of ours, at the place where it arises: "<context>: <arrow's message>". Out of
/// memory and I/O become kUnavailable, a cancelled call kCancelled, everything else kInvalidInput. Not for an
/// OK status.
[[nodiscard]] Error to_error(const arrow::Status& status, std::string_view context);

}  // namespace haul::columnar
