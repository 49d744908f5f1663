#pragma once

#include <memory>

#include "haul/ingest/http_client.h"

namespace haul::adapters {

/// HttpClient over libcurl. Each call is a connection of its own; thread-safe.
std::unique_ptr<ingest::HttpClient> make_curl_client();

}  // namespace haul::adapters
