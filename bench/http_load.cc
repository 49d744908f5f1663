// Sends NDJSON to POST /v1/ingest/positions over keep-alive connections and takes the time until each answer.
// Prints JSON.
//
//   haul_http_load PORT RATE SECONDS EVENTS CONNECTIONS
//     RATE: events a second, begun on schedule however late answers are (latency counts from the schedule);
//     0: every connection sends its next request when it has its answer.
//     EVENTS: of 225 bytes in each request.
//   haul_http_load bare FILE SECONDS EVENTS
//     appends the same bytes to a file instead, an fdatasync after each request's worth.
#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t kEventBytes = 225;

[[noreturn]] void give_up(std::string_view why) {
  fmt::print(stderr, "haul_http_load: {}\n", why);
  std::exit(1);  // NOLINT(concurrency-mt-unsafe)
}

/// A vehicle's position, always as many bytes.
std::string event(std::uint64_t number) {
  std::string text = fmt::format(
      R"({{"event_id":"{:016x}","vehicle_id":"truck-{:05}","ts":"2026-01-01T{:02}:{:02}:{:02}Z","lat":{:.6f},)"
      R"("lon":{:.6f},"speed_kmh":{:.1f},"heading_deg":{},"status":"moving","note":")",
      number, number % 20'000, number / 3'600 % 24, number / 60 % 60, number % 60,
      40 + static_cast<double>(number % 100'000) / 1e5, -74 + static_cast<double>(number % 90'000) / 1e5,
      static_cast<double>(number % 900) / 10, number % 360);
  text.resize(kEventBytes - 3, '.');
  return text + "\"}\n";
}

struct Outcome {
  std::uint64_t events = 0;
  std::vector<double> seconds;  ///< Of each request.
};

int connect_to(std::uint16_t port) {
  const int connection = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connection < 0 ||
      ::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    give_up("nobody answers there");
  }
  const int on = 1;
  ::setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return connection;
}

void send_all(int connection, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) give_up("the server hung up");
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

/// Reads one response; anything but 200 ends the run: a number with refusals in it would say nothing.
void read_answer(int connection, std::string& buffer) {
  buffer.clear();
  std::size_t wanted = std::string::npos;
  while (buffer.size() < wanted) {
    char piece[4'096];
    const ssize_t got = ::recv(connection, piece, sizeof(piece), 0);
    if (got <= 0) give_up("the server hung up");
    buffer.append(piece, static_cast<std::size_t>(got));
    const std::size_t end = buffer.find("\r\n\r\n");
    if (end == std::string::npos) continue;
    const std::size_t length = buffer.find("Content-Length: ");
    wanted = end + 4 + std::strtoul(buffer.c_str() + length + 16, nullptr, 10);
  }
  if (!buffer.starts_with("HTTP/1.1 200")) give_up(buffer);
}

/// The bodies of a run: made before it, because making them is not what is measured.
std::string request_of(std::uint64_t first, std::size_t events) {
  std::string text = fmt::format(
      "POST /v1/ingest/positions HTTP/1.1\r\nHost: bench\r\nContent-Type: application/x-ndjson\r\n"
      "Content-Length: {}\r\n\r\n",
      events * kEventBytes);
  for (std::size_t i = 0; i < events; ++i) text += event(first + i);
  return text;
}

/// New ids in a request that was sent before: the server must take it for another.
void renew(std::string& request, std::size_t events, std::uint64_t first) {
  const std::size_t body = request.size() - events * kEventBytes;
  constexpr std::size_t kIdAt = 13;  // behind {"event_id":"
  for (std::size_t i = 0; i < events; ++i) {
    fmt::format_to_n(request.data() + body + i * kEventBytes + kIdAt, 16, "{:016x}", first + i);
  }
}

Outcome run(std::uint16_t port, double rate, double seconds, std::size_t events, std::size_t connections) {
  Outcome all;
  std::mutex mutex;
  std::atomic<std::uint64_t> next{0};
  const auto begin = Clock::now() + std::chrono::milliseconds(200);
  const auto send = [&] {
    const int connection = connect_to(port);
    std::string request = request_of(0, events);
    std::string answer;
    Outcome mine;
    std::this_thread::sleep_until(begin);
    while (true) {
      const std::uint64_t number = next++;
      renew(request, events, number * events);
      Clock::time_point due = Clock::now();
      if (rate > 0) {
        due = begin + std::chrono::duration_cast<Clock::duration>(
                          Seconds(static_cast<double>(number * events) / rate));
        std::this_thread::sleep_until(due);
      }
      if (due - begin >= Seconds(seconds)) break;
      send_all(connection, request);
      read_answer(connection, answer);
      mine.events += events;
      mine.seconds.push_back(Seconds(Clock::now() - due).count());
    }
    ::close(connection);
    const std::lock_guard lock(mutex);
    all.events += mine.events;
    all.seconds.insert(all.seconds.end(), mine.seconds.begin(), mine.seconds.end());
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < connections; ++i) threads.emplace_back(send);
  for (std::thread& thread : threads) thread.join();
  const double taken = Seconds(Clock::now() - begin).count();
  std::sort(all.seconds.begin(), all.seconds.end());
  if (all.seconds.empty()) give_up("no request was answered");
  const auto quantile = [&](double share) {
    return all.seconds[static_cast<std::size_t>(share * static_cast<double>(all.seconds.size() - 1))] * 1000;
  };
  fmt::print(R"({{"events_per_s":{:.0f},"requests":{},"p50_ms":{:.2f},"p99_ms":{:.2f}}})"
             "\n",
             static_cast<double>(all.events) / taken, all.seconds.size(), quantile(0.5), quantile(0.99));
  return all;
}

void run_bare(const char* path, double seconds, std::size_t events) {
  const int file = ::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) give_up("the file cannot be made");
  const std::string bytes = request_of(0, events);
  const auto begin = Clock::now();
  std::uint64_t written = 0;
  while (Clock::now() - begin < Seconds(seconds)) {
    if (::write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
        ::fdatasync(file) != 0) {
      give_up("the file cannot be written");
    }
    written += events;
  }
  ::close(file);
  fmt::print(R"({{"events_per_s":{:.0f}}})"
             "\n",
             static_cast<double>(written) / Seconds(Clock::now() - begin).count());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 5 && std::string_view(argv[1]) == "bare") {
    run_bare(argv[2], std::atof(argv[3]), std::strtoul(argv[4], nullptr, 10));
    return 0;
  }
  if (argc != 6) give_up("PORT RATE SECONDS EVENTS CONNECTIONS, or bare FILE SECONDS EVENTS");
  run(static_cast<std::uint16_t>(std::atoi(argv[1])), std::atof(argv[2]), std::atof(argv[3]),
      std::strtoul(argv[4], nullptr, 10), std::strtoul(argv[5], nullptr, 10));
  return 0;
}
