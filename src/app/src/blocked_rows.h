#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "haul/ingest/landing.h"

namespace haul::app {

/// Remembers the rows that stopped their batch. Thread-safe.
class BlockedRows final : public ingest::LandingListener {
 public:
  struct Row {
    std::string source;
    std::string rule;
    std::string reason;
  };

  void committed(const ingest::LandingSpec& /*spec*/, const ingest::LandingCounts& /*window*/) override {}
  void blocked(const ingest::LandingSpec& spec, const ingest::RejectedRow& row) override;
  /// Those since the last call.
  std::vector<Row> take();

 private:
  std::mutex mutex_;
  std::vector<Row> rows_;
};

}  // namespace haul::app
