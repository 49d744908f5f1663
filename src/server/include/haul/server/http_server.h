#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "haul/base/clock.h"
#include "haul/base/file_system.h"
#include "haul/base/log.h"
#include "haul/base/metrics.h"
#include "haul/base/result.h"
#include "haul/server/route.h"

namespace haul::server {

/// Bounds on what one connection may cost.
struct HttpLimits {
  std::uint32_t connections_max = 1'024;        ///< One more gets 503 and is closed.
  std::uint32_t head_bytes_max = 16U << 10;     ///< Request line and headers.
  std::uint32_t body_in_memory_max = 4U << 20;  ///< A larger body goes to a file of the spool folder.
  std::chrono::milliseconds idle_max{75'000};   ///< Between two requests.
  std::chrono::milliseconds head_max{10'000};   ///< From the first byte of a request to the last of its head.
  std::chrono::milliseconds body_silence_max{10'000};  ///< Without a byte of the body.
  std::uint64_t body_bytes_per_second_min = 1'024;     ///< Over the whole body, after the first 10 s.
  std::chrono::milliseconds write_max{30'000};         ///< For a client to take the response.
  std::chrono::milliseconds drain_max{10'000};         ///< For requests under way when the server stops.
};

struct HttpServerOptions {
  std::string listen =
      "127.0.0.1:7070";    ///< ADDRESS:PORT, [ADDRESS]:PORT for IPv6; port 0: the system's choice.
  Path admin_socket = {};  ///< A socket file, mode 0600; empty: none.
  Path spool;              ///< Folder for large bodies; emptied at the start.
  std::size_t loops = 2;   ///< Threads with an event loop each.
  HttpLimits limits = {};
};

/// What a server needs from outside. The references must outlive it.
struct HttpContext {
  FileSystem& files;
  const Clock& clock;
  Log& log_lines;
  MetricsRegistry& metrics;
};

/// HTTP/1.1 over the routes of a table: keep-alive, requests one after the other per connection (pipelined
/// ones wait in the socket), bodies streamed within bounded memory, `Expect: 100-continue`, deadlines on
/// every read and write. Messages that two parsers could read differently (Content-Length beside
/// Transfer-Encoding, two lengths, codings other than chunked) are refused and the connection is closed (RFC
/// 9112 section 6.3).
class HttpServer {
 public:
  /// Binds; nothing is accepted before start(). kInvalidInput: an address that is none.  kConflict: in use.
  static Result<std::unique_ptr<HttpServer>> bind(HttpServerOptions options, const HttpContext& context);
  virtual ~HttpServer() = default;

  /// "127.0.0.1:7070" with the port that the system chose.
  [[nodiscard]] virtual std::string address() const = 0;
  /// True where only this machine can reach it.
  [[nodiscard]] virtual bool is_loopback() const = 0;
  /// Accepts from now on. The references must outlive the server's stop().
  virtual void start(const RouteTable& routes, Authenticator& authenticator) = 0;
  /// Accepts nothing more, lets requests under way end, closes every connection and joins the threads.
  virtual void stop() = 0;
};

}  // namespace haul::server
