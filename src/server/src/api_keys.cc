#include "haul/server/api_keys.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <simdjson.h>

#include <algorithm>

#include "haul/base/hash.h"
#include "haul/base/json.h"

namespace haul::server {
namespace {

constexpr std::string_view kTokenPrefix = "haul_";
constexpr std::size_t kIdDigits = 8;
constexpr std::size_t kSecretDigits = 64;
constexpr std::size_t kTokenBytes = kTokenPrefix.size() + kIdDigits + 1 + kSecretDigits;
constexpr std::uint64_t kReadBytes = 4U << 20U;

std::string sha256(std::string_view text) {
  Sha256 hash;
  hash.update(as_bytes(text));
  return hash.finish();
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

bool is_scope(std::string_view scope) {
  if (scope == "metrics") return true;
  if (!scope.starts_with("ingest:")) return false;
  const std::string_view source = scope.substr(7);
  return source == "*" || is_name(source);
}

std::int64_t micros(IngestTime at) { return at.time_since_epoch().count(); }

std::string created_event(const ApiKey& key, std::string_view secret_sha256) {
  std::string scopes;
  for (const std::string& scope : key.scopes) {
    if (!scopes.empty()) scopes += ',';
    scopes += json_string(scope);
  }
  const std::string expires =
      key.expires_at ? fmt::format(R"(,"expires_at_us":{})", micros(*key.expires_at)) : "";
  return fmt::format(
      R"({{"event":"key_created","id":"{}","name":"{}","secret_sha256":"{}","scopes":[{}],"at_us":{}{}}})",
      key.id, key.name, secret_sha256, scopes, micros(key.created_at), expires);
}

std::string_view text_of(const simdjson::dom::element& event, const char* name) {
  std::string_view value;
  return event[name].get(value) == simdjson::SUCCESS ? value : std::string_view();
}

std::optional<IngestTime> time_of(const simdjson::dom::element& event, const char* name) {
  std::int64_t value = 0;
  if (event[name].get(value) != simdjson::SUCCESS) return std::nullopt;
  return IngestTime{Micros{value}};
}

Response unauthorized(std::string_view detail) {
  Response response = problem(401, "unauthorized", "A valid API key is needed", detail);
  response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"haul\"");
  return response;
}

}  // namespace

bool grants(const std::vector<std::string>& scopes, std::string_view wanted) {
  const std::string any = std::string(wanted.substr(0, wanted.find(':'))) + ":*";
  return std::any_of(scopes.begin(), scopes.end(),
                     [&](const std::string& scope) { return scope == wanted || scope == any; });
}

Result<std::unique_ptr<KeyRing>> KeyRing::open(eventlog::EventLog& log, const Clock& clock, Rng& rng) {
  HAUL_TRY_VOID(log.create_topic({std::string(kKeysTopic), 1, {std::chrono::days{36'500}, UINT64_MAX}}));
  std::unique_ptr<KeyRing> ring(new KeyRing(log, clock, rng));
  HAUL_TRY_VOID(ring->read_events());
  return ring;
}

Result<void> KeyRing::read_events() {
  const std::lock_guard lock(mutex_);
  HAUL_TRY(range, log_.range(kKeysTopic, PartitionId{0}));
  for (Offset next = range.start; next < range.end;) {
    HAUL_TRY(batches, log_.read(kKeysTopic, PartitionId{0}, next, kReadBytes));
    for (const eventlog::StoredBatch& batch : batches) {
      for (std::size_t i = 0; i < batch.records.size(); ++i) {
        const auto begin = static_cast<std::size_t>(batch.records.ends[i]);
        const auto end = static_cast<std::size_t>(batch.records.ends[i + 1]);
        const auto bytes = batch.records.bytes.subspan(begin, end - begin);
        HAUL_TRY_VOID(apply({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
      }
      next = batch.end();
    }
  }
  HAUL_TRY(position, log_.last_position(kKeysTopic, PartitionId{0}, "keys"));
  events_ = position.value_or(0);
  return {};
}

Result<void> KeyRing::apply(std::string_view event) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  const simdjson::padded_string padded(event);
  const bool is_json = parser.parse(padded).get(root) == simdjson::SUCCESS;
  const std::string_view kind = is_json ? text_of(root, "event") : std::string_view();
  if (kind == "key_created") {
    Entry entry;
    entry.key.id = text_of(root, "id");
    entry.key.name = text_of(root, "name");
    entry.secret_sha256 = text_of(root, "secret_sha256");
    simdjson::dom::array scopes;
    if (root["scopes"].get(scopes) == simdjson::SUCCESS) {
      for (const auto scope : scopes)
        entry.key.scopes.emplace_back(std::string_view(scope.get_string().value_unsafe()));
    }
    entry.key.created_at = time_of(root, "at_us").value_or(IngestTime{});
    entry.key.expires_at = time_of(root, "expires_at_us");
    std::string id = entry.key.id;
    keys_.insert_or_assign(std::move(id), std::move(entry));
    return {};
  }
  if (kind == "key_revoked") {
    const auto found = keys_.find(text_of(root, "id"));
    if (found != keys_.end()) found->second.key.revoked_at = time_of(root, "at_us");
    return {};
  }
  return fail(ErrorCode::kCorrupt, fmt::format("topic {}: not an event of a key: {}", kKeysTopic, event));
}

Result<void> KeyRing::append(const std::string& event) {
  const std::vector<std::int32_t> ends{0, static_cast<std::int32_t>(event.size())};
  const eventlog::AppendRequest request{.partition = PartitionId{0},
                                        .producer = "keys",
                                        .first_position = events_ + 1,
                                        .last_position = events_ + 1,
                                        .attributes = {},
                                        .records = {ends, as_bytes(event)}};
  HAUL_TRY_VOID(log_.append(kKeysTopic, std::span(&request, 1)));
  ++events_;
  return apply(event);
}

const KeyRing::Entry* KeyRing::valid_key_named(std::string_view name) const {
  for (const auto& [id, entry] : keys_) {
    const bool is_over =
        entry.key.revoked_at || entry.key.expires_at.value_or(IngestTime::max()) <= clock_.now();
    if (entry.key.name == name && !is_over) return &entry;
  }
  return nullptr;
}

Result<CreatedKey> KeyRing::create(std::string_view name, const std::vector<std::string>& scopes,
                                   std::optional<Micros> lifetime) {
  if (!is_name(name) || name == "anonymous" || name == "admin") {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("a key cannot be called '{}': use a-z, 0-9, _ and -, at most 64 of them", name));
  }
  if (scopes.empty()) return fail(ErrorCode::kInvalidInput, "a key needs a scope, e.g. ingest:SOURCE");
  for (const std::string& scope : scopes) {
    if (is_scope(scope)) continue;
    return fail(ErrorCode::kInvalidInput,
                fmt::format("there is no scope '{}'; write ingest:SOURCE, ingest:* or metrics", scope));
  }
  if (lifetime && *lifetime <= Micros::zero()) {
    return fail(ErrorCode::kInvalidInput, "a key must be valid for some time, e.g. 90d");
  }
  const std::lock_guard lock(mutex_);
  if (valid_key_named(name) != nullptr) {
    return fail(ErrorCode::kConflict,
                fmt::format("a key called {} is valid: revoke it first, or take another name", name));
  }
  CreatedKey created;
  created.key.name = name;
  created.key.scopes = scopes;
  created.key.created_at = clock_.now();
  if (lifetime) created.key.expires_at = created.key.created_at + *lifetime;
  do {
    created.key.id = fmt::format("{:08x}", rng_.next() & 0xFFFFFFFFU);
  } while (keys_.contains(created.key.id));
  const std::string secret =
      fmt::format("{:016x}{:016x}{:016x}{:016x}", rng_.next(), rng_.next(), rng_.next(), rng_.next());
  created.token = fmt::format("{}{}_{}", kTokenPrefix, created.key.id, secret);
  HAUL_TRY_VOID(append(created_event(created.key, sha256(secret))));
  return created;
}

Result<void> KeyRing::revoke(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const Entry* entry = valid_key_named(name);
  if (entry == nullptr) {
    return fail(ErrorCode::kNotFound, fmt::format("no valid key is called {}; see `haul key list`", name));
  }
  return append(
      fmt::format(R"({{"event":"key_revoked","id":"{}","at_us":{}}})", entry->key.id, micros(clock_.now())));
}

Result<std::vector<ApiKey>> KeyRing::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<ApiKey> keys;
  for (const auto& [id, entry] : keys_) keys.push_back(entry.key);
  std::sort(keys.begin(), keys.end(),
            [](const ApiKey& a, const ApiKey& b) { return a.created_at < b.created_at; });
  return keys;
}

bool KeyRing::is_used() const {
  const std::lock_guard lock(mutex_);
  return !keys_.empty();
}

std::variant<ApiKey, std::string_view> KeyRing::find(std::string_view token) const {
  constexpr std::string_view kUnknown = "the API key is unknown";
  if (token.size() != kTokenBytes || !token.starts_with(kTokenPrefix)) return kUnknown;
  const std::string_view id = token.substr(kTokenPrefix.size(), kIdDigits);
  const std::string given = sha256(token.substr(kTokenBytes - kSecretDigits));
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find(id);
  if (found == keys_.end() || found->second.secret_sha256.size() != given.size()) return kUnknown;
  if (CRYPTO_memcmp(found->second.secret_sha256.data(), given.data(), given.size()) != 0) return kUnknown;
  const ApiKey& key = found->second.key;
  if (key.revoked_at) return std::string_view("the API key was revoked");
  if (key.expires_at && *key.expires_at <= clock_.now()) return std::string_view("the API key has expired");
  return key;
}

std::variant<Caller, Response> KeyAuthenticator::authenticate(const RequestHead& head,
                                                              std::string_view scope) {
  if (head.entrance == Entrance::kAdmin) return Caller{.name = "admin", .is_admin = true};
  if (scope.empty()) return Caller{.name = "anonymous"};
  if (scope == "admin") {
    return problem(403, "forbidden", "The key does not allow this",
                   "keys are managed on the machine itself: `haul key`");
  }
  if (!keys_.is_used() && is_loopback_) return Caller{.name = "anonymous"};
  constexpr std::string_view kScheme = "bearer ";
  const std::string_view header = head.header("authorization");
  const bool is_bearer =
      header.size() > kScheme.size() &&
      std::equal(kScheme.begin(), kScheme.end(), header.begin(),
                 [](char wanted, char given) { return wanted == static_cast<char>(given | 0x20); });
  if (!is_bearer)
    return unauthorized("send the header `Authorization: Bearer KEY`; `haul key create` makes one");
  const auto found = keys_.find(header.substr(kScheme.size()));
  if (const auto* why = std::get_if<std::string_view>(&found)) return unauthorized(*why);
  const ApiKey& key = std::get<ApiKey>(found);
  if (scope != "any" && !grants(key.scopes, scope)) {
    return problem(403, "forbidden", "The key does not allow this",
                   fmt::format("the key {} has no scope {}", key.name, scope));
  }
  return Caller{.name = key.name, .key_id = key.id};
}

}  // namespace haul::server
