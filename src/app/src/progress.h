#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "haul/base/clock.h"

namespace haul::app {

/// One line on stderr that shows how far a long step is, redrawn at most ten times a second. Silent where
/// stderr is no terminal. Thread-safe use is the caller's: one thread draws.
class Progress {
 public:
  Progress(const Clock& clock, std::string label, std::uint64_t total_bytes);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(std::uint64_t done_bytes);

 private:
  const Clock& clock_;
  std::string label_;
  std::uint64_t total_;
  bool enabled_;
  std::chrono::nanoseconds started_;
  std::chrono::nanoseconds drawn_{0};
};

/// The same for rows whose number nobody knows before the end.
class RowProgress {
 public:
  RowProgress(const Clock& clock, std::string label);
  ~RowProgress() { clear(); }
  RowProgress(const RowProgress&) = delete;
  RowProgress& operator=(const RowProgress&) = delete;

  void show(std::uint64_t rows);
  /// Takes the line away.
  void clear();

 private:
  const Clock& clock_;
  std::string label_;
  bool enabled_;
  std::chrono::nanoseconds drawn_{0};
};

}  // namespace haul::app
