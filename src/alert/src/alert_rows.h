#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <string>
#include <vector>

#include "haul/alert/alert.h"
#include "haul/alert/alert_table.h"
#include "haul/alert/notifier.h"
#include "haul/base/result.h"

namespace haul::alert {

/// The rows of alerts that come into a state, as system.alerts has them.
Result<std::shared_ptr<arrow::RecordBatch>> alert_rows(const std::vector<Alert>& alerts, State state,
                                                       const std::vector<NotifierSpec>& notifiers);

/// A row of the columns of kNotificationColumns, and which notifier it is for where the query says.
struct ReadRow {
  Notification notification;
  std::string notifier;
};

/// What read_rows() needs, from system.alerts (a query may name it so).
inline constexpr const char* kNotificationColumns =
    "id, state, kind, severity, subject, occasion, message, epoch_us(changed_at) AS changed_us, "
    "epoch_us(event_time) AS event_us, labels";

/// The rows of a query over kNotificationColumns, and `notifier` as the last column where there is one more.
/// kCorrupt: a state, severity or label that alert_rows() does not write.
Result<std::vector<ReadRow>> read_rows(const arrow::Table& table);

}  // namespace haul::alert
