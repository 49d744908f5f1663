#pragma once

#include <string_view>

#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/server/http.h"

namespace haul::server {

/// One request over a socket file. kUnavailable: nobody answers there, or not with HTTP.
Result<Response> call_socket(const Path& socket, std::string_view method, std::string_view target,
                             std::string_view body);

}  // namespace haul::server
