#include "interrupt.h"

#include <atomic>
#include <csignal>

namespace haul::app {
namespace {

// A signal handler can reach nothing but a global.
std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may write it");

void request_stop(int signal) {
  if (stop_requested.exchange(true) && signal == SIGINT) {
    std::signal(SIGINT, SIG_DFL);
    std::raise(SIGINT);
  }
}

}  // namespace

void watch_interrupts() {
  std::signal(SIGINT, request_stop);
  std::signal(SIGTERM, request_stop);
  std::signal(SIGPIPE, SIG_IGN);  // a closed pager is a write error, not a death
}

bool interrupted() { return stop_requested.load(std::memory_order_relaxed); }

}  // namespace haul::app
