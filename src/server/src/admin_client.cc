#include "admin_client.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstring>
#include <string>

namespace haul::server {
namespace {

constexpr time_t kSecondsMax = 30;

/// A file descriptor that closes.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

tl::unexpected<Error> silent(const Path& socket) {
  return fail(ErrorCode::kUnavailable, fmt::format("nobody answers at {}", socket.string()));
}

bool connect_to(int descriptor, const Path& socket) {
  // By the open folder: the address has room for 107 bytes only.
  const Descriptor folder(::open(socket.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const std::string place = fmt::format("/proc/self/fd/{}/{}", folder.get(), socket.filename().string());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (folder.get() < 0 || place.size() >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path, place.data(), place.size());
  const timeval timeout{.tv_sec = kSecondsMax, .tv_usec = 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
  return ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

bool send_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(descriptor, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

Result<Response> call_socket(const Path& socket, std::string_view method, std::string_view target,
                             std::string_view body) {
  const Descriptor descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (descriptor.get() < 0 || !connect_to(descriptor.get(), socket)) return silent(socket);
  const std::string request =
      fmt::format("{} {} HTTP/1.1\r\nHost: admin\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{}",
                  method, target, body.size(), body);
  if (!send_all(descriptor.get(), request)) return silent(socket);
  std::string answer;
  std::array<char, 16'384> piece{};
  for (ssize_t got = 1; got > 0;) {
    got = ::recv(descriptor.get(), piece.data(), piece.size(), 0);
    if (got > 0) answer.append(piece.data(), static_cast<std::size_t>(got));
  }
  constexpr std::string_view kBegin = "HTTP/1.1 ";
  const std::size_t end = answer.find("\r\n\r\n");
  Response response;
  if (!answer.starts_with(kBegin) || end == std::string::npos) return silent(socket);
  std::from_chars(answer.data() + kBegin.size(), answer.data() + end, response.status);
  response.body = answer.substr(end + 4);
  return response;
}

}  // namespace haul::server
