#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "haul/base/error.h"
#include "haul/base/file_system.h"

namespace haul::server {

/// Where a request came in.
enum class Entrance : std::uint8_t {
  kNetwork,
  kAdmin,  ///< The socket file in the state folder: whoever may open it owns the project's files.
};

/// Who asks, once that is known.
struct Caller {
  std::string name;  ///< Of the API key; "anonymous" and "admin" are no keys.
  std::string key_id = {};
  bool is_admin = false;
};

/// A request without its body. Names of headers are lower case; of a repeated one the values are joined by
/// ", " (RFC 9110 section 5.3).
struct RequestHead {
  std::string method;
  std::string path;                               ///< Without the query, not decoded.
  std::map<std::string, std::string> query;       ///< Decoded.
  std::map<std::string, std::string> headers;     ///< By lower-case name.
  std::map<std::string, std::string> parameters;  ///< Of the route's pattern, decoded.
  std::optional<std::uint64_t> content_length;    ///< Nothing: no body, or a chunked one.
  bool is_chunked = false;
  Entrance entrance = Entrance::kNetwork;
  Caller caller;

  /// The value, or empty where there is no such header. `name` is lower case.
  [[nodiscard]] std::string_view header(std::string_view name) const;
  [[nodiscard]] bool has_body() const { return is_chunked || content_length.value_or(0) > 0; }
};

/// A received body: in memory where it is small, else in a file of the spool folder that goes with it.
class Body {
 public:
  virtual ~Body() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  [[nodiscard]] virtual const ReadableFile& bytes() const = 0;
  /// A file with the same bytes; writes one where they are in memory. It goes with the body. Errors as
  /// FileSystem.
  virtual Result<Path> file() = 0;
};

struct Request {
  RequestHead head;
  std::unique_ptr<Body> body;  ///< Null where the request has none.
  /// Calls a function later, on the connection's thread; not at all once the connection is gone.
  std::function<void(std::chrono::milliseconds, std::function<void()>)> after;
};

struct Response {
  unsigned status = 200;
  std::string body = {};
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};
};

/// An error as RFC 9457 "problem details": type, title, status, detail, and `code`, the stable name of an
/// ErrorCode. `title` is the same for every problem of one type.
[[nodiscard]] Response problem(unsigned status, std::string_view type, std::string_view title,
                               std::string_view detail);
/// The same for a failure from below; the only place where codes become HTTP statuses.
[[nodiscard]] Response problem(const Error& error);
/// A problem that passes: 429 or 503 with Retry-After in whole seconds, at least 1.
[[nodiscard]] Response retry_later(unsigned status, std::string_view type, std::string_view title,
                                   std::string_view detail, std::chrono::nanoseconds wait);

/// Decodes %XX. Nothing: a wrong escape, or a zero byte.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace haul::server
