#pragma once

#include <arrow/status.h>

#include <exception>
#include <new>

namespace haul::columnar {

/// Runs a call into the Parquet library, which throws in places: nothing may leave this module but a status.
template <class Call>
arrow::Status guarded(Call&& call) {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return arrow::Status::OutOfMemory("out of memory");
  } catch (const std::exception& error) {
    return arrow::Status::Invalid(error.what());
  }
}

}  // namespace haul::columnar
