#include "haul/columnar/arrow_error.h"

#include <arrow/status.h>
#include <fmt/format.h>

#include "haul/base/check.h"

namespace haul::columnar {
namespace {

ErrorCode code_of(const arrow::Status& status) {
  switch (status.code()) {
    case arrow::StatusCode::OutOfMemory:
    case arrow::StatusCode::IOError:
    case arrow::StatusCode::CapacityError:
      return ErrorCode::kUnavailable;
    case arrow::StatusCode::Cancelled:
      return ErrorCode::kCancelled;
    default:
      return ErrorCode::kInvalidInput;
  }
}

}  // namespace

Error to_error(const arrow::Status& status, std::string_view context) {
  HAUL_CHECK(!status.ok(), "only a failure becomes an error");
  return Error{code_of(status), fmt::format("{}: {}", context, status.message())};
}

}  // namespace haul::columnar
