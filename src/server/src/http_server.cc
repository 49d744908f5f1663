#include "haul/server/http_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <optional>
#include <thread>
#include <vector>

#include "http_session.h"
#include "http_text.h"

namespace haul::server {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals
using Tcp = asio::ip::tcp;
using Local = asio::local::stream_protocol;

constexpr std::size_t kSpoolThreads = 2;
constexpr auto kAcceptRetry = 100ms;

Result<Tcp::endpoint> endpoint_of(const std::string& listen) {
  const auto bad = [&] {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("cannot listen on '{}': write ADDRESS:PORT such as 127.0.0.1:7070", listen));
  };
  const std::size_t colon = listen.rfind(':');
  if (colon == std::string::npos) return bad();
  std::string host = listen.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  std::uint16_t port = 0;
  const char* const end = listen.data() + listen.size();
  const auto [read_to, error] = std::from_chars(listen.data() + colon + 1, end, port);
  if (error != std::errc() || read_to != end || colon + 1 == listen.size()) return bad();
  boost::system::error_code parse_error;
  const auto address = asio::ip::make_address(host, parse_error);
  if (parse_error) return bad();
  return Tcp::endpoint(address, port);
}

/// An event loop with its thread.
struct Loop {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(context);
  std::thread thread;
};

class BeastServer final : public HttpServer {
 public:
  BeastServer(HttpServerOptions options, const HttpContext& context)
      : options_(std::move(options)),
        context_(context),
        pool_(kSpoolThreads, SIZE_MAX,
              context.metrics.gauge("haul_http_spool_jobs_waiting",
                                    "Pieces of large bodies that wait for the disk.")) {
    for (std::size_t i = 0; i < std::max<std::size_t>(1, options_.loops); ++i) {
      loops_.push_back(std::make_unique<Loop>());
    }
  }
  ~BeastServer() override { stop(); }
  BeastServer(const BeastServer&) = delete;
  BeastServer& operator=(const BeastServer&) = delete;

  Result<void> open();

  [[nodiscard]] std::string address() const override { return address_; }
  [[nodiscard]] bool is_loopback() const override { return is_loopback_; }
  void start(const RouteTable& routes, Authenticator& authenticator) override;
  void stop() override;

 private:
  Result<void> open_network();
  Result<void> open_admin();
  template <class Acceptor>
  void accept(Acceptor& acceptor, Entrance entrance);
  void begin_session(Session::Socket socket, Entrance entrance);

  const HttpServerOptions options_;
  HttpContext context_;
  WorkerPool pool_;
  std::unique_ptr<SpoolFolder> spool_;
  std::vector<std::unique_ptr<Loop>> loops_;  // sessions live in their queues
  std::unique_ptr<SessionContext> sessions_;
  std::optional<Tcp::acceptor> network_;
  std::optional<Local::acceptor> admin_;
  Counter* refused_ = nullptr;
  std::string address_;
  bool is_loopback_ = false;
  bool is_running_ = false;
  std::size_t next_loop_ = 0;
};

Result<void> BeastServer::open() {
  HAUL_TRY(spool, SpoolFolder::open(context_.files, options_.spool));
  spool_ = std::move(spool);
  MetricsRegistry& metrics = context_.metrics;
  sessions_ = std::unique_ptr<SessionContext>(new SessionContext{
      .outside = context_,
      .limits = options_.limits,
      .spool = *spool_,
      .pool = pool_,
      .connections = metrics.gauge("haul_http_connections", "Open connections."),
      .received_bytes = metrics.counter("haul_http_body_bytes_total", "Bytes of bodies received.")});
  refused_ = &metrics.counter("haul_http_connections_refused_total", "Connections above the limit.");
  HAUL_TRY_VOID(open_network());
  return options_.admin_socket.empty() ? Result<void>() : open_admin();
}

Result<void> BeastServer::open_network() {
  HAUL_TRY(endpoint, endpoint_of(options_.listen));
  try {
    network_.emplace(loops_.front()->context, endpoint);
    const Tcp::endpoint bound = network_->local_endpoint();
    is_loopback_ = bound.address().is_loopback();
    address_ = fmt::format(fmt::runtime(bound.address().is_v6() ? "[{}]:{}" : "{}:{}"),
                           bound.address().to_string(), bound.port());
    return {};
  } catch (const boost::system::system_error& error) {
    const bool in_use = error.code() == asio::error::address_in_use;
    return fail(in_use ? ErrorCode::kConflict : ErrorCode::kInvalidInput,
                fmt::format("cannot listen on {}: {}", options_.listen, error.code().message()));
  }
}

Result<void> BeastServer::open_admin() {
  const Path& path = options_.admin_socket;
  static_cast<void>(context_.files.remove(path).has_value());  // of a process that was killed
  // The address of a socket has room for 107 bytes, a project's path may be longer: go by the open folder.
  const int folder = ::open(path.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) {
    return fail(ErrorCode::kUnavailable, fmt::format("the folder of {} cannot be opened", path.string()));
  }
  const std::string place = fmt::format("/proc/self/fd/{}/{}", folder, path.filename().string());
  Result<void> outcome;
  try {
    Local::acceptor acceptor(loops_.front()->context);
    acceptor.open(Local());
    acceptor.bind(Local::endpoint(place));
    if (::chmod(place.c_str(), S_IRUSR | S_IWUSR) != 0) {
      outcome = fail(ErrorCode::kUnavailable, fmt::format("{} cannot be made private", path.string()));
    } else {
      acceptor.listen();
      admin_.emplace(std::move(acceptor));
    }
  } catch (const boost::system::system_error& error) {
    outcome = fail(ErrorCode::kUnavailable, fmt::format("{}: {}", path.string(), error.code().message()));
  }
  ::close(folder);
  return outcome;
}

void BeastServer::start(const RouteTable& routes, Authenticator& authenticator) {
  sessions_->routes = &routes;
  sessions_->authenticator = &authenticator;
  is_running_ = true;
  accept(*network_, Entrance::kNetwork);
  if (admin_) accept(*admin_, Entrance::kAdmin);
  for (const auto& loop : loops_) {
    loop->thread = std::thread([context = &loop->context] { context->run(); });
  }
}

template <class Acceptor>
void BeastServer::accept(Acceptor& acceptor, Entrance entrance) {
  using Accepted = typename Acceptor::protocol_type::socket;
  const asio::any_io_executor target = loops_[next_loop_++ % loops_.size()]->context.get_executor();
  acceptor.async_accept(
      target, [this, &acceptor, entrance](boost::system::error_code error, Accepted socket) {
        if (sessions_->stopping || error == asio::error::operation_aborted) return;
        if (!error) {
          if constexpr (std::is_same_v<Acceptor, Tcp::acceptor>) {
            boost::system::error_code ignored;
            socket.set_option(Tcp::no_delay(true), ignored);
          }
          begin_session(Session::Socket(std::move(socket)), entrance);
          return accept(acceptor, entrance);
        }
        // Out of file descriptors, most likely: others will close theirs.
        auto timer = std::make_shared<asio::steady_timer>(loops_.front()->context, kAcceptRetry);
        timer->async_wait([this, timer, &acceptor, entrance](boost::system::error_code) {
          if (!sessions_->stopping) accept(acceptor, entrance);
        });
      });
}

void BeastServer::begin_session(Session::Socket socket, Entrance entrance) {
  std::size_t open = 0;
  {
    const std::lock_guard lock(sessions_->mutex);
    open = sessions_->sessions.size();
  }
  if (entrance == Entrance::kNetwork && open >= options_.limits.connections_max) {
    refused_->add();
    const std::string text = response_text(
        retry_later(503, "too_many_connections", "Too many connections",
                    fmt::format("at most {} connections are served", options_.limits.connections_max), 1s),
        context_.clock.now(), false, false);
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(text), ignored);
    return;
  }
  auto session = std::make_shared<Session>(std::move(socket), entrance, *sessions_);
  asio::post(session->executor(), [session] { session->start(); });
}

void BeastServer::stop() {
  if (!is_running_) return;
  is_running_ = false;
  sessions_->stopping = true;
  asio::post(loops_.front()->context, [this] {
    boost::system::error_code ignored;
    network_->close(ignored);
    if (admin_) admin_->close(ignored);
  });
  {
    std::unique_lock lock(sessions_->mutex);
    for (Session* session : sessions_->sessions) {
      asio::post(session->executor(), [weak = session->weak_from_this()] {
        if (const auto alive = weak.lock()) alive->drain();
      });
    }
    sessions_->changed.wait_for(lock, options_.limits.drain_max,
                                [this] { return sessions_->sessions.empty(); });
  }
  for (const auto& loop : loops_) loop->context.stop();
  for (const auto& loop : loops_) loop->thread.join();
  pool_.stop();
  if (!options_.admin_socket.empty())
    static_cast<void>(context_.files.remove(options_.admin_socket).has_value());
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::bind(HttpServerOptions options, const HttpContext& context) {
  auto server = std::make_unique<BeastServer>(std::move(options), context);
  HAUL_TRY_VOID(server->open());
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace haul::server
