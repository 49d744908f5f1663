#include "progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "haul/base/units.h"

namespace haul::app {

Progress::Progress(const Clock& clock, std::string label, std::uint64_t total_bytes)
    : clock_(clock),
      label_(std::move(label)),
      total_(total_bytes),
      enabled_(::isatty(STDERR_FILENO) == 1),
      started_(clock.steady()) {}

Progress::~Progress() {
  if (enabled_ && drawn_.count() != 0) fmt::print(stderr, "\r\x1B[K");
}

void Progress::show(std::uint64_t done_bytes) {
  using namespace std::chrono_literals;
  const std::chrono::nanoseconds now = clock_.steady();
  if (!enabled_ || now - drawn_ < 100ms) return;
  drawn_ = now;
  constexpr std::size_t kWidth = 30;
  const double share =
      total_ == 0 ? 1.0 : std::min(1.0, static_cast<double>(done_bytes) / static_cast<double>(total_));
  const auto filled = static_cast<std::size_t>(share * kWidth);
  const double seconds = std::chrono::duration<double>(now - started_).count();
  const auto per_second =
      static_cast<std::uint64_t>(static_cast<double>(done_bytes) / std::max(seconds, 0.001));
  fmt::print(stderr, "\r\x1B[K{} [{}{}] {:3.0f}% {}/s", label_, std::string(filled, '#'),
             std::string(kWidth - filled, '.'), share * 100, format_bytes(per_second));
  std::fflush(stderr);
}

RowProgress::RowProgress(const Clock& clock, std::string label)
    : clock_(clock), label_(std::move(label)), enabled_(::isatty(STDERR_FILENO) == 1) {}

void RowProgress::show(std::uint64_t rows) {
  using namespace std::chrono_literals;
  const std::chrono::nanoseconds now = clock_.steady();
  if (!enabled_ || now - drawn_ < 100ms) return;
  drawn_ = now;
  fmt::print(stderr, "\r\x1B[K{}: {} rows read", label_, rows);
  std::fflush(stderr);
}

void RowProgress::clear() {
  if (enabled_ && drawn_.count() != 0) fmt::print(stderr, "\r\x1B[K");
  drawn_ = std::chrono::nanoseconds{0};
}

}  // namespace haul::app
