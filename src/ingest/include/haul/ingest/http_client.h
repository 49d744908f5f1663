#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "haul/base/result.h"

namespace haul::ingest {

struct HttpRequest {
  std::string url;
  std::map<std::string, std::string> headers = {};
  std::chrono::milliseconds timeout{30'000};  ///< Of the whole exchange.
  std::uint64_t bytes_max = 64U << 20U;       ///< Of the answer, decompressed.
};

struct HttpAnswer {
  int status = 0;
  std::string body;
  std::optional<std::chrono::seconds> retry_after = {};  ///< Where the server said so, in seconds.
};

/// Port: asks other servers. Implemented in adapters/http. Thread-safe.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  /// GET over http or https; certificates are checked; redirects are followed within the same host alone.
  /// kUnavailable: no answer in time.  kInvalidInput: no http address, or an answer beyond `bytes_max`.
  /// Messages name the host and never the query, which may hold secrets.
  virtual Result<HttpAnswer> get(const HttpRequest& request) = 0;
};

}  // namespace haul::ingest
