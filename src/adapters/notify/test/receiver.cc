#include "receiver.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "haul/base/check.h"

namespace haul::adapters {
namespace {

/// The value of Content-Length; 0 where there is none.
std::size_t body_bytes(const std::string& head) {
  constexpr std::string_view kName = "Content-Length: ";
  const auto at = head.find(kName);
  std::size_t bytes = 0;
  if (at != std::string::npos) {
    const char* const begin = head.data() + at + kName.size();
    std::from_chars(begin, head.data() + head.size(), bytes);
  }
  return bytes;
}

std::string read_request(int connection) {
  std::string request;
  std::array<char, 4096> piece{};
  while (true) {
    const auto end = request.find("\r\n\r\n");
    if (end != std::string::npos && request.size() >= end + 4 + body_bytes(request)) return request;
    const auto got = ::recv(connection, piece.data(), piece.size(), 0);
    if (got <= 0) return request;
    request.append(piece.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

Receiver::Receiver(std::vector<int> statuses) : statuses_(std::move(statuses)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);  // NOLINT: as the sockets API wants it
  const bool listens = ::bind(listener_, generic, size) == 0 && ::listen(listener_, 8) == 0 &&
                       ::getsockname(listener_, generic, &size) == 0;
  HAUL_CHECK(listens, "a port of the loopback is free");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

Receiver::~Receiver() {
  ::shutdown(listener_, SHUT_RDWR);  // ends accept()
  thread_.join();
  ::close(listener_);
}

std::string Receiver::url() const { return fmt::format("http://127.0.0.1:{}/hook?token=secret", port_); }

std::vector<std::string> Receiver::requests() const {
  const std::scoped_lock lock(mutex_);
  return requests_;
}

void Receiver::serve() {
  while (true) {
    const int connection = ::accept(listener_, nullptr, nullptr);
    if (connection < 0) return;
    answer(connection);
    ::close(connection);
  }
}

void Receiver::answer(int connection) {
  std::string request = read_request(connection);
  int status = 0;
  {
    const std::scoped_lock lock(mutex_);
    status = statuses_.at(std::min(requests_.size(), statuses_.size() - 1));
    requests_.push_back(std::move(request));
  }
  if (status == 0) return;
  const std::string text = fmt::format(
      "HTTP/1.1 {} x\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
      status);
  static_cast<void>(::send(connection, text.data(), text.size(), MSG_NOSIGNAL));
}

}  // namespace haul::adapters
