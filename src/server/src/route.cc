#include "haul/server/route.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "haul/base/check.h"

namespace haul::server {
namespace {

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::size_t end = std::min(path.find('/'), path.size());
    parts.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return parts;
}

bool is_parameter(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }

/// The parameters of a path that fits the pattern; nothing where it does not.
std::optional<std::map<std::string, std::string>> match(std::string_view pattern, std::string_view path) {
  const std::vector<std::string_view> wanted = segments(pattern);
  const std::vector<std::string_view> given = segments(path);
  if (wanted.size() != given.size()) return std::nullopt;
  std::map<std::string, std::string> parameters;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!is_parameter(wanted[i])) {
      if (wanted[i] != given[i]) return std::nullopt;
      continue;
    }
    const auto value = percent_decoded(given[i]);
    if (!value || value->empty()) return std::nullopt;
    parameters.emplace(wanted[i].substr(1, wanted[i].size() - 2), *value);
  }
  return parameters;
}

std::string filled_in(std::string scope, const std::map<std::string, std::string>& parameters) {
  for (const auto& [name, value] : parameters) {
    const std::string place = "{" + name + "}";
    if (const std::size_t at = scope.find(place); at != std::string::npos) {
      scope.replace(at, place.size(), value);
    }
  }
  return scope;
}

std::optional<Response> refuse_body(const Route& route, const RequestHead& head) {
  if (route.body_bytes_max == 0 && head.has_body()) {
    return problem(413, "body_too_large", "The body is too large",
                   fmt::format("{} {} takes no body", route.method, route.pattern));
  }
  if (head.content_length.value_or(0) > route.body_bytes_max) {
    return problem(413, "body_too_large", "The body is too large",
                   fmt::format("the body has {} bytes; at most {} are taken: send it in parts",
                               *head.content_length, route.body_bytes_max));
  }
  if (route.body_bytes_max > 0 && !head.is_chunked && !head.content_length) {
    return problem(411, "length_required", "The length is missing",
                   "send Content-Length, or Transfer-Encoding: chunked");
  }
  return std::nullopt;
}

}  // namespace

RouteTable::RouteTable(std::vector<Route> routes) : routes_(std::move(routes)) {
  for (const Route& route : routes_) {
    HAUL_CHECK(route.pattern.starts_with('/') && route.handle, "a route has a path and a handler");
  }
}

std::variant<const Route*, Response> RouteTable::find(RequestHead& head) const {
  std::vector<std::string> methods;
  for (const Route& route : routes_) {
    auto parameters = match(route.pattern, head.path);
    if (!parameters) continue;
    const bool is_head_of_get = head.method == "HEAD" && route.method == "GET";
    if (route.method == head.method || is_head_of_get) {
      head.parameters = *std::move(parameters);
      return &route;
    }
    methods.push_back(route.method);
  }
  if (methods.empty()) {
    return problem(404, "not_found", "There is no such thing",
                   fmt::format("nothing is at {}; see /openapi.json", head.path));
  }
  std::sort(methods.begin(), methods.end());
  methods.erase(std::unique(methods.begin(), methods.end()), methods.end());
  Response response = problem(405, "method_not_allowed", "The method is not allowed",
                              fmt::format("{} takes {}", head.path, fmt::join(methods, ", ")));
  response.headers.emplace_back("Allow", fmt::format("{}", fmt::join(methods, ", ")));
  return response;
}

std::variant<const Route*, Response> admit(const RouteTable& table, Authenticator& authenticator,
                                           RequestHead& head) {
  auto found = table.find(head);
  if (auto* refused = std::get_if<Response>(&found)) return std::move(*refused);
  const Route& route = *std::get<const Route*>(found);
  auto caller = authenticator.authenticate(head, filled_in(route.scope, head.parameters));
  if (auto* refused = std::get_if<Response>(&caller)) return std::move(*refused);
  head.caller = std::get<Caller>(std::move(caller));
  if (auto refused = refuse_body(route, head)) return *std::move(refused);
  if (route.admit) {
    if (auto refused = route.admit(head)) return *std::move(refused);
  }
  return &route;
}

}  // namespace haul::server
