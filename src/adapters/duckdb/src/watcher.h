#pragma once

#include <duckdb.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace haul::adapters::duckdb {

/// Why a query was ended from outside.
enum class EndReason : std::uint8_t { kNone, kTimeLimit, kInterrupt };

/// Looks every 50 ms, from a thread of its own, whether a query has to end, and then interrupts its
/// connection until it has. Without a time limit and an interrupt there is no thread. The connection must
/// outlive the watcher.
class Watcher {
 public:
  Watcher(duckdb_connection connection, std::optional<std::chrono::milliseconds> time_max,
          std::function<bool()> interrupted);
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  [[nodiscard]] EndReason reason() const { return reason_.load(); }

 private:
  void watch();
  [[nodiscard]] EndReason look() const;

  duckdb_connection connection_;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
  std::function<bool()> interrupted_;
  std::atomic<EndReason> reason_{EndReason::kNone};
  std::mutex mutex_;
  std::condition_variable done_changed_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace haul::adapters::duckdb
