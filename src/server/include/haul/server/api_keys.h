#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "haul/base/clock.h"
#include "haul/base/rng.h"
#include "haul/eventlog/event_log.h"
#include "haul/server/route.h"

namespace haul::server {

/// What is known of a key; its secret is not.
struct ApiKey {
  std::string id;
  std::string name;                 ///< [a-z0-9_-]{1,64}: the producer's name in receipts and bronze.
  std::vector<std::string> scopes;  ///< "ingest:SOURCE", "ingest:*", "metrics".
  IngestTime created_at;
  std::optional<IngestTime> expires_at;
  std::optional<IngestTime> revoked_at;
};

struct CreatedKey {
  ApiKey key;
  std::string token;  ///< Shown once: "haul_<id>_<64 hex digits>".
};

/// The log's own topic of what was decided about keys (correctness rule 18).
inline constexpr std::string_view kKeysTopic = "haul.keys";

/// Port: what people decide about keys. Thread-safe.
class KeyAdmin {
 public:
  virtual ~KeyAdmin() = default;
  /// Durable on return. kInvalidInput: a name, scope or lifetime that no key may have.  kConflict: a valid
  /// key has the name.
  virtual Result<CreatedKey> create(std::string_view name, const std::vector<std::string>& scopes,
                                    std::optional<Micros> lifetime) = 0;
  /// Durable on return; a key that is revoked stays so. kNotFound: no valid key of that name.
  virtual Result<void> revoke(std::string_view name) = 0;
  /// By the time they were made.
  virtual Result<std::vector<ApiKey>> list() const = 0;
};

/// The API keys of a project: events of a log topic, and what they add up to in memory. Of a secret only its
/// SHA-256 is kept: a secret of 256 random bits cannot be guessed from its hash however fast the hash is, so
/// a slow one (argon2, bcrypt), made for passwords that people choose, would only cost time per request.
/// Thread-safe.
class KeyRing final : public KeyAdmin {
 public:
  /// Reads the topic, which is made where it is missing. kCorrupt: an event that this version cannot read.
  static Result<std::unique_ptr<KeyRing>> open(eventlog::EventLog& log, const Clock& clock, Rng& rng);

  Result<CreatedKey> create(std::string_view name, const std::vector<std::string>& scopes,
                            std::optional<Micros> lifetime) override;
  Result<void> revoke(std::string_view name) override;
  Result<std::vector<ApiKey>> list() const override;

  /// True once a key was ever made: from then on nobody is anonymous, even when all keys are revoked.
  [[nodiscard]] bool is_used() const;

  /// The key of a token, or why it is none ("unknown", "expired", "revoked"). Takes as long for a wrong
  /// secret as for the right one.
  [[nodiscard]] std::variant<ApiKey, std::string_view> find(std::string_view token) const;

 private:
  struct Entry {
    ApiKey key;
    std::string secret_sha256;
  };

  KeyRing(eventlog::EventLog& log, const Clock& clock, Rng& rng) : log_(log), clock_(clock), rng_(rng) {}
  Result<void> read_events();
  Result<void> apply(std::string_view event);
  Result<void> append(const std::string& event);
  [[nodiscard]] const Entry* valid_key_named(std::string_view name) const;

  eventlog::EventLog& log_;
  const Clock& clock_;
  Rng& rng_;

  mutable std::mutex mutex_;                        // guards everything below
  std::map<std::string, Entry, std::less<>> keys_;  ///< By id.
  std::uint64_t events_ = 0;
};

/// True where one of the scopes grants `wanted`: the same text, or its part before ':' with "*".
[[nodiscard]] bool grants(const std::vector<std::string>& scopes, std::string_view wanted);

/// `Authorization: Bearer` tokens of a ring; whoever comes in by the admin socket is the admin. Without any
/// key, and where only this machine can reach the server, everyone is "anonymous" and may do all but
/// administration.
class KeyAuthenticator final : public Authenticator {
 public:
  KeyAuthenticator(const KeyRing& keys, bool is_loopback) : keys_(keys), is_loopback_(is_loopback) {}
  std::variant<Caller, Response> authenticate(const RequestHead& head, std::string_view scope) override;

 private:
  const KeyRing& keys_;
  bool is_loopback_;
};

}  // namespace haul::server
