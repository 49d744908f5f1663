#pragma once

#include <cstdint>
#include <vector>

#include "batch_format.h"
#include "haul/eventlog/event_log.h"

namespace haul::eventlog {

/// An append request as far as it can be made ready without knowing its offset: checked, with the checksum of
/// its body. Made by the caller's own thread, before it queues for the group commit. Borrows the request's
/// bytes.
struct PreparedBatch {
  const AppendRequest* request = nullptr;
  std::vector<std::int32_t>
      rebased_ends;  ///< Only where the request's ends begin above 0 (a slice of a column).
  BodyPieces body;
  BatchHead head;  ///< Without stream, offset, time and commit.
};

/// kInvalidInput: empty, too large, or records, positions or names that make no sense; the message says
/// which.
Result<PreparedBatch> prepare(const AppendRequest& request);

}  // namespace haul::eventlog
