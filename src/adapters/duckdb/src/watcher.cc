#include "watcher.h"

#include <algorithm>
#include <utility>

namespace haul::adapters::duckdb {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Watcher::Watcher(duckdb_connection connection, std::optional<milliseconds> time_max,
                 std::function<bool()> interrupted)
    : connection_(connection), interrupted_(std::move(interrupted)) {
  if (time_max) deadline_ = steady_clock::now() + *time_max;
  if (deadline_ || interrupted_) thread_ = std::thread([this] { watch(); });
}

Watcher::~Watcher() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  done_changed_.notify_one();
  thread_.join();
}

void Watcher::watch() {
  std::unique_lock lock(mutex_);
  while (!done_) {
    if (reason_.load() == EndReason::kNone) reason_.store(look());
    // Again and again: an interrupt that comes between two steps of the query is forgotten by DuckDB.
    if (reason_.load() != EndReason::kNone) duckdb_interrupt(connection_);
    auto next_look = steady_clock::now() + milliseconds(50);
    if (deadline_ && reason_.load() == EndReason::kNone) next_look = std::min(next_look, *deadline_);
    done_changed_.wait_until(lock, next_look, [this] { return done_; });
  }
}

EndReason Watcher::look() const {
  if (deadline_ && steady_clock::now() >= *deadline_) return EndReason::kTimeLimit;
  return interrupted_ && interrupted_() ? EndReason::kInterrupt : EndReason::kNone;
}

}  // namespace haul::adapters::duckdb
