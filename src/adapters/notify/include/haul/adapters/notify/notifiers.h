#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "haul/alert/notifier.h"
#include "haul/base/file_system.h"
#include "haul/base/result.h"

namespace haul::adapters {

/// Appends one JSON line per notification (alert::to_json) and syncs: what send() took is on the device. A
/// line that a crash cut is left as it is; the next one starts on a line of its own. Makes the file, not its
/// folder. `files` must outlive it.
std::unique_ptr<alert::Notifier> make_file_notifier(FileSystem& files, Path path);

struct WebhookSettings {
  std::string url;                           ///< http:// or https://.
  std::string authorization = {};            ///< The Authorization header's value; empty: none.
  Micros timeout = std::chrono::seconds{5};  ///< Of one attempt, connecting included.
  std::uint32_t attempts = 3;                ///< At least 1.
  /// Waits between two attempts: 250 ms, then twice as long each time. Required.
  std::function<void(std::chrono::milliseconds)> pause = {};
};

/// POSTs the JSON object of a notification, with its key as `Idempotency-Key`. Any 2xx is taken. Tried again:
/// no connection, no answer in time, 408, 429 and 5xx (kUnavailable after the last attempt). Every other
/// answer, a redirect among them, is kInvalidInput: the receiver refuses it. Errors show the host, never the
/// path, query or password of the address, which may be secret. Certificates are checked.
/// kInvalidInput here: the address is none.
Result<std::unique_ptr<alert::Notifier>> make_webhook_notifier(WebhookSettings settings);

}  // namespace haul::adapters
