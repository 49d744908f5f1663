#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "haul/base/json.h"
#include "haul/server/route.h"

namespace haul::server {
namespace {

/// Elements of a JSON list or object, with commas between them.
class Joined {
 public:
  void add(std::string_view element) {
    if (!text_.empty()) text_ += ',';
    text_ += element;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string parameter_json(std::string_view name, std::string_view in, std::string_view description) {
  return fmt::format(R"({{"name":{},"in":"{}","required":{},"description":{},"schema":{{"type":"string"}}}})",
                     json_string(name), in, in == "path", json_string(description));
}

std::string parameters_json(const Route& route) {
  Joined all;
  for (std::size_t at = 0; (at = route.pattern.find('{', at)) != std::string::npos; ++at) {
    const std::string name = route.pattern.substr(at + 1, route.pattern.find('}', at) - at - 1);
    all.add(parameter_json(name, "path", "The name or id."));
  }
  for (const RouteParameter& parameter : route.parameters) {
    all.add(parameter_json(parameter.name, parameter.in, parameter.description));
  }
  return all.text();
}

std::string operation_json(const Route& route) {
  Joined parts;
  parts.add(fmt::format(R"("summary":{})", json_string(route.summary)));
  if (const std::string parameters = parameters_json(route); !parameters.empty()) {
    parts.add(fmt::format(R"("parameters":[{}])", parameters));
  }
  if (!route.body_types.empty()) {
    Joined types;
    for (const std::string& type : route.body_types) types.add(fmt::format(R"({}:{{}})", json_string(type)));
    parts.add(fmt::format(R"("requestBody":{{"required":true,"content":{{{}}}}})", types.text()));
  }
  Joined responses;
  for (const auto& [status, description] : route.responses) {
    responses.add(fmt::format(R"("{}":{{"description":{}}})", status, json_string(description)));
  }
  responses.add(
      R"("default":{"description":"A problem (RFC 9457).","content":{"application/problem+json":{}}})");
  parts.add(fmt::format(R"("responses":{{{}}})", responses.text()));
  if (!route.scope.empty()) {
    parts.add(fmt::format(R"("security":[{{"key":[]}}],"x-haul-scope":{})", json_string(route.scope)));
  }
  return fmt::format("{{{}}}", parts.text());
}

}  // namespace

std::string openapi(const RouteTable& table, std::string_view version) {
  std::map<std::string, Joined> paths;
  for (const Route& route : table.routes()) {
    if (route.scope == "admin") continue;  // not reachable over the network
    std::string method = route.method;
    std::transform(method.begin(), method.end(), method.begin(),
                   [](char c) { return static_cast<char>(c - 'A' + 'a'); });
    paths[route.pattern].add(fmt::format(R"("{}":{})", method, operation_json(route)));
  }
  Joined all;
  for (const auto& [path, operations] : paths) {
    all.add(fmt::format("{}:{{{}}}", json_string(path), operations.text()));
  }
  return fmt::format(R"({{"openapi":"3.1.0","info":{{"title":"Haul","version":{}}},"paths":{{{}}},)"
                     R"("components":{{"securitySchemes":{{"key":{{"type":"http","scheme":"bearer"}}}}}}}})",
                     json_string(version), all.text());
}

}  // namespace haul::server
