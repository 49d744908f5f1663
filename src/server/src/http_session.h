#pragma once

#include <atomic>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "haul/server/http_server.h"
#include "spool.h"
#include "worker_pool.h"

namespace haul::server {

class Session;

/// The connections of a server, and what they share. Thread-safe.
struct SessionContext {
  const HttpContext& outside;
  const HttpLimits& limits;
  SpoolFolder& spool;
  WorkerPool& pool;  ///< Writes large bodies to disk.
  Gauge& connections;
  Counter& received_bytes;
  const RouteTable* routes = nullptr;
  Authenticator* authenticator = nullptr;
  std::atomic<bool> stopping{false};

  std::mutex mutex = {};  ///< Guards `sessions`.
  std::condition_variable changed = {};
  std::set<Session*> sessions = {};
};

/// One connection: reads a request, answers it, reads the next. Lives on one event loop; every call but the
/// constructor happens there.
class Session : public std::enable_shared_from_this<Session> {
 public:
  using Socket = boost::asio::generic::stream_protocol::socket;

  Session(Socket socket, Entrance entrance, SessionContext& context);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start() { wait_for_request(); }
  /// Ends after the request under way, or at once where there is none.
  void drain();
  [[nodiscard]] auto executor() { return stream_.get_executor(); }

 private:
  using ErrorOf = boost::beast::error_code;
  using Parser = boost::beast::http::request_parser<boost::beast::http::buffer_body>;
  enum class After : std::uint8_t { kGoOn, kClose };

  void wait_for_request();
  void read_head();
  void on_head(ErrorOf error);
  [[nodiscard]] std::optional<Response> take_head();
  [[nodiscard]] std::optional<Response> check_framing() const;
  void begin_body();
  void read_body();
  void on_body(ErrorOf error);
  void on_spooled(const Result<void>& written);
  [[nodiscard]] std::optional<Response> check_pace() const;
  void on_broken_body(ErrorOf error);
  void handle();
  void respond(Response response, After after);
  void on_written(ErrorOf error, After after);
  void linger();
  void close();
  void call_after(std::chrono::milliseconds wait, std::function<void()> call);

  SessionContext& context_;
  boost::beast::basic_stream<boost::asio::generic::stream_protocol> stream_;
  boost::beast::flat_buffer buffer_;
  const Entrance entrance_;
  bool is_idle_ = true;
  bool keep_alive_ = false;
  bool is_head_ = false;  ///< HEAD: the answer goes without its body.

  std::optional<Parser> parser_;
  RequestHead head_;
  std::size_t lengths_ = 0;           ///< Content-Length headers seen.
  std::size_t transfer_codings_ = 0;  ///< Transfer-Encoding headers seen.
  std::size_t hosts_ = 0;
  const Route* route_ = nullptr;
  std::optional<Spool> spool_;
  std::vector<std::byte> piece_;
  std::chrono::nanoseconds body_began_{0};
  std::uint64_t lingered_bytes_ = 0;
  std::string out_;
};

}  // namespace haul::server
