#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "haul/alert/alert.h"
#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/base/time.h"
#include "haul/base/yaml.h"

namespace haul::alert {

/// One entry of `notifiers` in haul.yaml.
struct NotifierSpec {
  enum class Kind : std::uint8_t { kWebhook, kFile };

  std::string name;
  Kind kind = Kind::kFile;
  std::string url = {};  ///< Webhook: an http(s) address, or a reference to it: env:NAME, file:PATH.
  std::string authorization = {};   ///< Webhook: reference to the Authorization header's value; may be empty.
  Path path = {};                   ///< File: as written, relative to the project.
  Severity from = Severity::kInfo;  ///< Milder alerts are not sent.
  Micros timeout = std::chrono::seconds{5};  ///< Webhook: of one attempt.
  std::uint32_t attempts = 3;                ///< Webhook: until it is left for the next command.
};

/// Reads `notifiers`: a map of name to {kind, ...}. kInvalidInput names file, line and what to write instead:
/// an unknown kind or key, a webhook without url, a file without path, a secret that is no reference.
Result<std::vector<NotifierSpec>> parse_notifiers(const YamlNode& notifiers);

/// One thing to tell one notifier.
struct Notification {
  std::string id;  ///< alert_id().
  State state = State::kRaised;
  Alert alert;    ///< `message` is the one of this state.
  IngestTime at;  ///< When it came into this state.

  /// What a receiver tells repeats by: the alert's id, with "-resolved" behind it for its end.
  [[nodiscard]] std::string key() const;
};

/// A notification as one JSON object without line feeds: id, key, state, kind, severity, subject, message,
/// at, event_time (or null), labels.
[[nodiscard]] std::string to_json(const Notification& notification);

/// Port: where notifications go. Implementations: adapters/notify. One thread at a time.
class Notifier {
 public:
  virtual ~Notifier() = default;
  /// Returns when the receiver has it. The same key may come again after a crash.
  /// kUnavailable: it could not be told now; the caller tries again later.  kInvalidInput: the receiver
  /// refuses this notification for good.
  virtual Result<void> send(const Notification& notification) = 0;
};

}  // namespace haul::alert
