#pragma once

#include <string_view>

namespace haul {

/// Ends the process with the condition, its place and `message` on stderr. For bugs only, in every build.
[[noreturn]] void check_failed(const char* condition, const char* file, int line, std::string_view message);

}  // namespace haul

/// HAUL_CHECK(first <= last, "a range is ordered") states what the code relies on; it stays in release
/// builds.
#define HAUL_CHECK(condition, message)                               \
  do {                                                               \
    if (!(condition)) [[unlikely]] {                                 \
      ::haul::check_failed(#condition, __FILE__, __LINE__, message); \
    }                                                                \
  } while (false)
