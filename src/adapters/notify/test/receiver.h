#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace haul::adapters {

/// An HTTP server on 127.0.0.1 that answers each request with the next of its statuses, and the last one from
/// then on. A status of 0 closes the connection without an answer.
class Receiver {
 public:
  explicit Receiver(std::vector<int> statuses);
  ~Receiver();
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  [[nodiscard]] std::string url() const;
  /// Every request so far, head and body.
  [[nodiscard]] std::vector<std::string> requests() const;

 private:
  void serve();
  void answer(int connection);

  std::vector<int> statuses_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace haul::adapters
