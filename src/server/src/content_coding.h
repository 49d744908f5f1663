#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "haul/server/http.h"
#include "spool.h"

namespace haul::server {

/// What a decoded body may come to. A small body may unfold to 1 MiB whatever the ratio.
struct UnfoldLimits {
  std::uint64_t bytes_max = 1ULL << 30U;
  std::uint64_t ratio_max = 200;
  std::uint64_t memory_max = 4U << 20U;  ///< As Spool.
};

/// True for what `Content-Encoding` may say here: "", "identity", "gzip", "x-gzip" and "zstd".
[[nodiscard]] bool is_known_coding(std::string_view coding);

/// The body as it was before `Content-Encoding`; the same one where there was none. Several gzip members or
/// zstd frames, one after the other, are one body. kInvalidInput: not of this coding, cut off, something
/// behind its end, or past a limit (its message says which).  kUnavailable: the spool. Memory: 1 MiB beside
/// the spool.
Result<std::unique_ptr<Body>> unfold(std::unique_ptr<Body> body, std::string_view coding, SpoolFolder& folder,
                                     const UnfoldLimits& limits);

}  // namespace haul::server
