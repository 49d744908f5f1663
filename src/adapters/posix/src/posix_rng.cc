#include <sys/random.h>

#include <array>
#include <cerrno>
#include <mutex>

#include "haul/adapters/posix/posix.h"
#include "haul/base/check.h"

namespace haul::adapters {
namespace {

class SystemRng final : public Rng {
 public:
  std::uint64_t next() override {
    const std::lock_guard lock(mutex_);
    if (used_ == pool_.size()) refill();
    return pool_.at(used_++);
  }

 private:
  void refill() {
    auto* bytes = reinterpret_cast<std::byte*>(pool_.data());
    std::size_t done = 0;
    while (done < sizeof(pool_)) {
      const ssize_t got = ::getrandom(bytes + done, sizeof(pool_) - done, 0);
      HAUL_CHECK(got > 0 || errno == EINTR, "the kernel has random numbers");
      if (got > 0) done += static_cast<std::size_t>(got);
    }
    used_ = 0;
  }

  std::mutex mutex_;
  std::array<std::uint64_t, 512> pool_{};
  std::size_t used_ = pool_.size();
};

}  // namespace

std::unique_ptr<Rng> make_system_rng() { return std::make_unique<SystemRng>(); }

}  // namespace haul::adapters
