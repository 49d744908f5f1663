#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "haul/base/error.h"

namespace haul {

/// A value, or the reason there is none. An expected failure is a Result; a bug is a HAUL_CHECK (check.h).
/// A class, not an alias, so that the compiler warns when one is dropped.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using Base = tl::expected<T, Error>;
  using Base::Base;
  Result(Base other) : Base(std::move(other)) {}  // NOLINT(google-explicit-constructor): from and_then()
};

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace haul

/// HAUL_TRY(row, read_row()) binds `row`, or returns the error. A statement of its own; with HAUL_TRY_VOID
/// the only control-flow macros.
#define HAUL_TRY(name, expression)                                               \
  auto name##_or_error = (expression);                                           \
  if (!name##_or_error) return ::haul::fail(std::move(name##_or_error).error()); \
  auto& name = *name##_or_error

/// HAUL_TRY_VOID(file.sync()) returns the error of a Result<void>.
#define HAUL_TRY_VOID(expression)                                                  \
  do {                                                                             \
    auto haul_try_result = (expression);                                           \
    if (!haul_try_result) return ::haul::fail(std::move(haul_try_result).error()); \
  } while (false)
