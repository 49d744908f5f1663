#include "blocked_rows.h"

#include <utility>

namespace haul::app {

void BlockedRows::blocked(const ingest::LandingSpec& spec, const ingest::RejectedRow& row) {
  const std::scoped_lock lock(mutex_);
  rows_.push_back({spec.source, row.rule, row.reason});
}

std::vector<BlockedRows::Row> BlockedRows::take() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(rows_, {});
}

}  // namespace haul::app
