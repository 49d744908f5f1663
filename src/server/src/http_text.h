#pragma once

#include <string>
#include <string_view>

#include "haul/base/time.h"
#include "haul/server/http.h"

namespace haul::server {

/// A response as the bytes of HTTP/1.1. `is_head`: without its body, of which it still tells the length.
[[nodiscard]] std::string response_text(const Response& response, IngestTime now, bool keep_alive,
                                        bool is_head);

/// Splits a request target into head.path and head.query. False: it is none that an origin server takes.
[[nodiscard]] bool read_target(std::string_view target, RequestHead& head);

[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace haul::server
