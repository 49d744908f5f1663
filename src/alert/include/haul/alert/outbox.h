#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "haul/alert/alert_table.h"
#include "haul/alert/notifier.h"
#include "haul/base/result.h"

namespace haul::alert {

using Notifiers = std::map<std::string, std::unique_ptr<Notifier>>;

/// What a delivery did.
struct Delivered {
  std::size_t sent = 0;
  std::size_t waiting = 0;  ///< Left for the next delivery.
  std::vector<std::string>
      problems;  ///< One sentence per notifier that failed, and per refused notification.
};

/// Sends what the rows of system.alerts are due and system.notifications does not record yet, oldest first,
/// and records each right after it was taken: at least once, with the same key (correctness rule 22). A
/// notification that was refused for good is recorded as such. A notifier that fails is left alone for the
/// rest of the call; one that `notifiers` lacks is skipped. No table: nothing is due. kUnavailable: storage.
/// One thread.
Result<Delivered> deliver(const AlertContext& context, const Notifiers& notifiers);

/// id, state, notifier, outcome (sent, refused), note, recorded_at.
[[nodiscard]] columnar::Schema notification_schema();

}  // namespace haul::alert
