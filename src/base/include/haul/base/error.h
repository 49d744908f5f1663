#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace haul {

/// What the caller can do about a failure. The numbers are stable: logs, the API and quarantine show them.
enum class ErrorCode : std::uint16_t {
  kInvalidInput = 1000,  ///< The event, file or request is wrong; a retry cannot help.
  kNotFound = 1100,      ///< The named thing does not exist; create it or correct the name.
  kConflict = 2000,      ///< Another writer won (e.g. a Delta commit); read again, then retry.
  kUnavailable = 3000,   ///< A dependency is down, full or timed out; retry with backoff.
  kCancelled = 3100,     ///< The caller's deadline or interrupt ended it; nothing was published.
  kCorrupt = 4000,       ///< Stored bytes fail their checksum; stop and call a human.
};

/// One failure: what can be done (code) and one sentence with the ids, the place and the next step (message).
struct Error {
  ErrorCode code;
  std::string message;

  friend bool operator==(const Error&, const Error&) = default;
};

/// The stable lower-case name of a code, e.g. "invalid_input": for logs, JSON and quarantine rows.
[[nodiscard]] std::string_view to_string(ErrorCode code);

/// True where the same call may succeed later without a change of its input.
[[nodiscard]] bool is_retryable(ErrorCode code);

/// The same failure seen from one level up: "<context>: <message>", same code.
[[nodiscard]] Error with_context(Error error, std::string_view context);

/// The candidate nearest to `word` (edit distance at most a third of its length, at least 1), or empty where
/// none is near: for "did you mean". The first of equals.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace haul
