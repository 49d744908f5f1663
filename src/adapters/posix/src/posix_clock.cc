#include <chrono>

#include "haul/adapters/posix/posix.h"

namespace haul::adapters {
namespace {

class SystemClock final : public Clock {
 public:
  [[nodiscard]] IngestTime now() const override {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return IngestTime{std::chrono::duration_cast<Micros>(since_epoch)};
  }
  [[nodiscard]] std::chrono::nanoseconds steady() const override {
    return std::chrono::steady_clock::now().time_since_epoch();
  }
};

}  // namespace

std::unique_ptr<Clock> make_system_clock() { return std::make_unique<SystemClock>(); }

}  // namespace haul::adapters
