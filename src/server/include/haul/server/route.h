#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "haul/server/http.h"

namespace haul::server {

/// Called once, from any thread.
using Respond = std::function<void(Response)>;
/// Must return soon: it runs on an event loop. What takes long goes to a thread of its own and responds from
/// there.
using Handler = std::function<void(std::shared_ptr<Request>, Respond)>;
/// Looks at a request before its body is read; a response refuses it.
using Admission = std::function<std::optional<Response>(const RequestHead&)>;

/// One query parameter or header, for the description of the API.
struct RouteParameter {
  std::string name;
  std::string in;  ///< "query" or "header".
  std::string description;
};

/// One line of the API: all that the server knows about it, and what /openapi.json says.
struct Route {
  std::string method;   ///< "GET", "POST", ...
  std::string pattern;  ///< "/v1/ingest/{source}"; a parameter is one segment.
  /// What a key must allow, e.g. "ingest:{source}". Empty: open to all; "any": every valid key; "admin": the
  /// admin socket alone.
  std::string scope;
  std::uint64_t body_bytes_max = 0;  ///< 0: takes no body.
  Handler handle;
  Admission admit = {};  ///< May be empty.

  std::string summary;
  std::vector<RouteParameter> parameters = {};
  std::vector<std::string> body_types = {};  ///< Media types it takes.
  std::vector<std::pair<unsigned, std::string>> responses = {};
};

/// Who a request is from and what they may do. Thread-safe.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  /// `scope` is what the route asks for, parameters filled in. A response refuses the request (401, 403).
  virtual std::variant<Caller, Response> authenticate(const RequestHead& head, std::string_view scope) = 0;
};

/// The declared routes. Immutable once made, thread-safe.
class RouteTable {
 public:
  explicit RouteTable(std::vector<Route> routes);

  [[nodiscard]] std::span<const Route> routes() const { return routes_; }

  /// The route of a request; fills head.parameters. A response where there is none: 404, or 405 with Allow.
  [[nodiscard]] std::variant<const Route*, Response> find(RequestHead& head) const;

 private:
  std::vector<Route> routes_;
};

/// Finds the route, the caller and whether the request may go on to its body, in this order: 404, 405, 401,
/// 403, 413, 411, then the route's own admission. Fills head.parameters and head.caller.
[[nodiscard]] std::variant<const Route*, Response> admit(const RouteTable& table,
                                                         Authenticator& authenticator, RequestHead& head);

/// The table as an OpenAPI 3.1 document.
[[nodiscard]] std::string openapi(const RouteTable& table, std::string_view version);

}  // namespace haul::server
