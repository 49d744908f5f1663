#include "haul/server/key_api.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "admin_client.h"
#include "haul/base/json.h"
#include "worker_pool.h"

namespace haul::server {
namespace {

constexpr std::uint64_t kBodyBytesMax = 64U << 10U;
using Element = simdjson::dom::element;

std::string list_json(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) {
    if (!list.empty()) list += ',';
    list += json_string(text);
  }
  return fmt::format("[{}]", list);
}

std::string time_json(std::string_view name, const std::optional<IngestTime>& at) {
  return at ? fmt::format(R"(,"{}":{})", name, at->time_since_epoch().count()) : std::string();
}

std::string key_json(const ApiKey& key) {
  return fmt::format(R"({{"id":"{}","name":"{}","scopes":{}{}{}{}}})", key.id, key.name,
                     list_json(key.scopes), time_json("created_at_us", key.created_at),
                     time_json("expires_at_us", key.expires_at), time_json("revoked_at_us", key.revoked_at));
}

std::string text_of(const Element& from, const char* name) {
  std::string_view value;
  return from[name].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

std::optional<std::int64_t> number_of(const Element& from, const char* name) {
  std::int64_t value = 0;
  return from[name].get(value) == simdjson::SUCCESS ? std::optional(value) : std::nullopt;
}

std::optional<IngestTime> time_of(const Element& from, const char* name) {
  const auto value = number_of(from, name);
  return value ? std::optional(IngestTime{Micros{*value}}) : std::nullopt;
}

std::vector<std::string> texts_of(const Element& from, const char* name) {
  std::vector<std::string> texts;
  simdjson::dom::array list;
  if (from[name].get(list) != simdjson::SUCCESS) return texts;
  for (const auto item : list) {
    std::string_view text;
    if (item.get(text) == simdjson::SUCCESS) texts.emplace_back(text);
  }
  return texts;
}

ApiKey key_of(const Element& from) {
  return {.id = text_of(from, "id"),
          .name = text_of(from, "name"),
          .scopes = texts_of(from, "scopes"),
          .created_at = time_of(from, "created_at_us").value_or(IngestTime{}),
          .expires_at = time_of(from, "expires_at_us"),
          .revoked_at = time_of(from, "revoked_at_us")};
}

std::string text_of(const Request& request) {
  std::string text;
  if (request.body == nullptr) return text;
  text.resize(request.body->size());
  const auto read = request.body->bytes().read_at(0, std::as_writable_bytes(std::span(text)));
  text.resize(read.value_or(0));
  return text;
}

class LocalKeyApi final : public KeyApi {
 public:
  LocalKeyApi(KeyAdmin& keys, MetricsRegistry& metrics)
      : keys_(keys),
        pool_(1, 64,
              metrics.gauge("haul_ingest_jobs_waiting", "Uploads that wait for a thread.",
                            {{"pool", "keys"}})) {}

  [[nodiscard]] std::vector<Route> routes() override {
    return {route("GET", "/admin/keys", &LocalKeyApi::list),
            route("POST", "/admin/keys", &LocalKeyApi::create),
            route("DELETE", "/admin/keys/{name}", &LocalKeyApi::revoke)};
  }

 private:
  Route route(std::string method, std::string pattern, Response (LocalKeyApi::*answer)(const Request&)) {
    const std::uint64_t body_bytes_max = method == "POST" ? kBodyBytesMax : 0;
    return {.method = std::move(method),
            .pattern = std::move(pattern),
            .scope = "admin",
            .body_bytes_max = body_bytes_max,
            .handle =
                [this, answer](std::shared_ptr<Request> request, Respond respond) {
                  const bool taken = pool_.try_submit(
                      [this, answer, request, respond] { respond((this->*answer)(*request)); });
                  if (!taken) respond(problem({ErrorCode::kUnavailable, "too much at once"}));
                },
            .summary = "Keys, over the admin socket."};
  }

  Response list(const Request&) {
    const auto keys = keys_.list();
    if (!keys) return problem(keys.error());
    std::string all;
    for (const ApiKey& key : *keys) {
      if (!all.empty()) all += ',';
      all += key_json(key);
    }
    return {.body = fmt::format(R"({{"keys":[{}]}})", all)};
  }

  Response create(const Request& request) {
    simdjson::dom::parser parser;
    Element root;
    if (parser.parse(simdjson::padded_string(text_of(request))).get(root) != simdjson::SUCCESS) {
      return problem({ErrorCode::kInvalidInput, "the body is not JSON"});
    }
    const auto lifetime = number_of(root, "lifetime_us");
    const auto created = keys_.create(text_of(root, "name"), texts_of(root, "scopes"),
                                      lifetime ? std::optional(Micros{*lifetime}) : std::nullopt);
    if (!created) return problem(created.error());
    return {.status = 201,
            .body = fmt::format(R"({{"key":{},"token":"{}"}})", key_json(created->key), created->token)};
  }

  Response revoke(const Request& request) {
    const auto revoked = keys_.revoke(request.head.parameters.at("name"));
    if (!revoked) return problem(revoked.error());
    return {.body = R"({"revoked":true})"};
  }

  KeyAdmin& keys_;
  WorkerPool pool_;
};

class RemoteKeys final : public KeyAdmin {
 public:
  explicit RemoteKeys(Path socket) : socket_(std::move(socket)) {}

  Result<CreatedKey> create(std::string_view name, const std::vector<std::string>& scopes,
                            std::optional<Micros> lifetime) override {
    const std::string body =
        fmt::format(R"({{"name":{},"scopes":{}{}}})", json_string(name), list_json(scopes),
                    lifetime ? fmt::format(R"(,"lifetime_us":{})", lifetime->count()) : "");
    simdjson::dom::parser parser;
    HAUL_TRY(root, call("POST", "/admin/keys", body, parser));
    Element key;
    if (root["key"].get(key) != simdjson::SUCCESS) return no_sense();
    return CreatedKey{key_of(key), text_of(root, "token")};
  }

  Result<void> revoke(std::string_view name) override {
    const bool is_path = std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
    if (name.empty() || !is_path) return fail(ErrorCode::kNotFound, fmt::format("no key is called {}", name));
    simdjson::dom::parser parser;
    HAUL_TRY_VOID(call("DELETE", fmt::format("/admin/keys/{}", name), "", parser));
    return {};
  }

  Result<std::vector<ApiKey>> list() const override {
    simdjson::dom::parser parser;
    HAUL_TRY(root, call("GET", "/admin/keys", "", parser));
    simdjson::dom::array all;
    if (root["keys"].get(all) != simdjson::SUCCESS) return no_sense();
    std::vector<ApiKey> keys;
    for (const auto key : all) keys.push_back(key_of(key));
    return keys;
  }

 private:
  [[nodiscard]] tl::unexpected<Error> no_sense() const {
    return fail(ErrorCode::kUnavailable,
                fmt::format("what answers at {} is no haul serve", socket_.string()));
  }

  Result<Element> call(std::string_view method, std::string_view target, std::string_view body,
                       simdjson::dom::parser& parser) const {
    HAUL_TRY(response, call_socket(socket_, method, target, body));
    Element root;
    if (parser.parse(simdjson::padded_string(response.body)).get(root) != simdjson::SUCCESS)
      return no_sense();
    if (response.status < 300) return root;
    const auto code = response.status == 404   ? ErrorCode::kNotFound
                      : response.status == 409 ? ErrorCode::kConflict
                      : response.status == 400 ? ErrorCode::kInvalidInput
                                               : ErrorCode::kUnavailable;
    return fail(code, text_of(root, "detail"));
  }

  Path socket_;
};

}  // namespace

std::unique_ptr<KeyApi> make_key_api(KeyAdmin& keys, MetricsRegistry& metrics) {
  return std::make_unique<LocalKeyApi>(keys, metrics);
}

std::unique_ptr<KeyAdmin> make_remote_keys(Path admin_socket) {
  return std::make_unique<RemoteKeys>(std::move(admin_socket));
}

}  // namespace haul::server
