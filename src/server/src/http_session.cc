#include "http_session.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <utility>

#include "http_text.h"

namespace haul::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

constexpr std::size_t kReadBytes = 16U << 10U;
constexpr std::size_t kPieceBytes = 64U << 10U;
/// What is read and thrown away after a refusal, so that the client sees the answer and not a reset.
constexpr std::uint64_t kLingerBytesMax = 64U << 20U;
constexpr auto kLingerTime = 5s;
constexpr auto kPaceGrace = 10s;

Response malformed(std::string_view detail) {
  return problem(400, "malformed_request", "The request is not HTTP", detail);
}

Response too_slow(std::string_view detail) {
  return problem(408, "too_slow", "The request came too slowly", detail);
}

bool is_of_http(const beast::error_code& error) {
  return error.category() == http::make_error_code(http::error::bad_method).category();
}

}  // namespace

Session::Session(Socket socket, Entrance entrance, SessionContext& context)
    : context_(context),
      stream_(std::move(socket)),
      buffer_(std::size_t{context.limits.head_bytes_max} + (2 * kPieceBytes)),
      entrance_(entrance) {
  const std::lock_guard lock(context_.mutex);
  context_.sessions.insert(this);
  context_.connections.set(static_cast<double>(context_.sessions.size()));
}

Session::~Session() {
  const std::lock_guard lock(context_.mutex);
  context_.sessions.erase(this);
  context_.connections.set(static_cast<double>(context_.sessions.size()));
  context_.changed.notify_all();
}

void Session::drain() {
  if (is_idle_) close();
}

void Session::wait_for_request() {
  if (context_.stopping) return close();
  parser_.reset();
  head_ = {};
  head_.entrance = entrance_;
  lengths_ = transfer_codings_ = hosts_ = 0;
  is_head_ = false;
  route_ = nullptr;
  spool_.reset();
  if (buffer_.size() > 0) return read_head();  // pipelined
  is_idle_ = true;
  stream_.expires_after(context_.limits.idle_max);
  stream_.async_read_some(buffer_.prepare(kReadBytes),
                          [self = shared_from_this()](ErrorOf error, std::size_t bytes) {
                            if (error) return self->close();
                            self->buffer_.commit(bytes);
                            self->read_head();
                          });
}

void Session::read_head() {
  is_idle_ = false;
  parser_.emplace();
  parser_->header_limit(context_.limits.head_bytes_max);
  parser_->body_limit(boost::none);  // the route's limit, checked here as the body comes
  stream_.expires_after(context_.limits.head_max);
  http::async_read_header(stream_, buffer_, *parser_,
                          [self = shared_from_this()](ErrorOf error, std::size_t) { self->on_head(error); });
}

void Session::on_head(ErrorOf error) {
  if (error == http::error::end_of_stream || error == asio::error::eof) return close();
  if (error == beast::error::timeout) return close();  // its socket is closed already
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return respond(
        problem(431, "head_too_large", "The headers are too large",
                fmt::format("request line and headers may have {} bytes", context_.limits.head_bytes_max)),
        After::kClose);
  }
  if (error && !is_of_http(error)) return close();
  if (error) return respond(malformed(error.message()), After::kClose);
  if (auto refused = take_head()) return respond(*std::move(refused), After::kClose);
  auto admitted = admit(*context_.routes, *context_.authenticator, head_);
  if (auto* refused = std::get_if<Response>(&admitted)) {
    return respond(std::move(*refused), head_.has_body() ? After::kClose : After::kGoOn);
  }
  route_ = std::get<const Route*>(admitted);
  if (head_.has_body()) return begin_body();
  handle();
}

std::optional<Response> Session::take_head() {
  const auto& message = parser_->get();
  keep_alive_ = parser_->keep_alive();
  if (message.version() != 10 && message.version() != 11) {
    return problem(505, "http_version", "The HTTP version is not supported", "speak HTTP/1.1");
  }
  head_.method = std::string(message.method_string());
  is_head_ = head_.method == "HEAD";
  for (const auto& field : message) {
    const std::string name = lower_case({field.name_string().data(), field.name_string().size()});
    if (name == "content-length") ++lengths_;
    if (name == "transfer-encoding") ++transfer_codings_;
    if (name == "host") ++hosts_;
    const std::string value(field.value());
    const auto [found, is_new] = head_.headers.emplace(name, value);
    if (!is_new) found->second += ", " + value;
  }
  if (auto refused = check_framing()) return refused;
  head_.is_chunked = parser_->chunked();
  if (lengths_ > 0 && parser_->content_length()) head_.content_length = *parser_->content_length();
  const std::string_view target(message.target().data(), message.target().size());
  if (!read_target(target, head_)) return malformed("the target must be a path such as /v1/ingest/SOURCE");
  return std::nullopt;
}

std::optional<Response> Session::check_framing() const {
  const bool is_1_1 = parser_->get().version() == 11;
  if (hosts_ > 1 || (is_1_1 && hosts_ == 0)) return malformed("HTTP/1.1 needs one Host header");
  if (lengths_ > 0 && transfer_codings_ > 0) {
    return malformed("Content-Length beside Transfer-Encoding: two readers could see two different requests");
  }
  const std::string_view length = head_.header("content-length");
  if (lengths_ > 1 || length.find_first_not_of("0123456789") != std::string_view::npos) {
    return malformed("Content-Length must be one number");
  }
  if (transfer_codings_ == 0) return std::nullopt;
  if (!is_1_1) return malformed("HTTP/1.0 has no Transfer-Encoding");
  if (lower_case(head_.header("transfer-encoding")) != "chunked") {
    return problem(501, "transfer_encoding", "The transfer coding is not supported",
                   "Transfer-Encoding may be chunked, and nothing else");
  }
  return std::nullopt;
}

void Session::begin_body() {
  spool_.emplace(context_.spool, context_.limits.body_in_memory_max);
  piece_.resize(kPieceBytes);
  body_began_ = context_.outside.clock.steady();
  const std::string expectation = lower_case(head_.header("expect"));
  if (expectation.empty()) return read_body();
  if (expectation != "100-continue") {
    return respond(problem(417, "expectation", "The expectation cannot be met", "Expect may be 100-continue"),
                   After::kClose);
  }
  out_ = "HTTP/1.1 100 Continue\r\n\r\n";
  stream_.expires_after(context_.limits.write_max);
  asio::async_write(stream_, asio::buffer(out_), [self = shared_from_this()](ErrorOf error, std::size_t) {
    if (error) return self->close();
    self->read_body();
  });
}

void Session::read_body() {
  if (parser_->is_done()) return handle();
  parser_->get().body().data = piece_.data();
  parser_->get().body().size = piece_.size();
  parser_->get().body().more = true;
  stream_.expires_after(context_.limits.body_silence_max);
  http::async_read_some(stream_, buffer_, *parser_,
                        [self = shared_from_this()](ErrorOf error, std::size_t) { self->on_body(error); });
}

void Session::on_body(ErrorOf error) {
  if (error && error != http::error::need_buffer) return on_broken_body(error);
  const std::size_t got = piece_.size() - parser_->get().body().size;
  context_.received_bytes.add(got);
  if (spool_->size() + got > route_->body_bytes_max) {
    return respond(
        problem(413, "body_too_large", "The body is too large",
                fmt::format("at most {} bytes are taken: send it in parts", route_->body_bytes_max)),
        After::kClose);
  }
  if (auto refused = check_pace()) return respond(*std::move(refused), After::kClose);
  const std::span<const std::byte> bytes = std::span(piece_).first(got);
  if (!spool_->would_write(got)) return on_spooled(spool_->append(bytes));
  // The disk may make one wait; the loop has other connections.
  context_.pool.go_on([self = shared_from_this(), bytes] {
    auto written = self->spool_->append(bytes);
    asio::post(self->executor(), [self, written = std::move(written)] { self->on_spooled(written); });
  });
}

void Session::on_spooled(const Result<void>& written) {
  if (!written) return respond(problem(written.error()), After::kClose);
  read_body();
}

std::optional<Response> Session::check_pace() const {
  const auto elapsed = context_.outside.clock.steady() - body_began_;
  if (elapsed < kPaceGrace) return std::nullopt;
  const auto wanted = static_cast<double>(context_.limits.body_bytes_per_second_min) *
                      std::chrono::duration<double>(elapsed - kPaceGrace).count();
  if (static_cast<double>(spool_->size()) >= wanted) return std::nullopt;
  return too_slow(fmt::format("the body came with less than {} bytes a second",
                              context_.limits.body_bytes_per_second_min));
}

void Session::on_broken_body(ErrorOf error) {
  if (error == beast::error::timeout || error == http::error::partial_message) return close();
  if (!is_of_http(error)) return close();
  respond(malformed(fmt::format("the body: {}", error.message())), After::kClose);
}

void Session::handle() {
  auto request = std::make_shared<Request>();
  if (spool_) {
    auto body = spool_->finish();
    if (!body) return respond(problem(body.error()), After::kClose);
    request->body = *std::move(body);
  }
  request->head = std::move(head_);
  request->after = [weak = weak_from_this()](std::chrono::milliseconds wait, std::function<void()> call) {
    if (const auto self = weak.lock()) self->call_after(wait, std::move(call));
  };
  stream_.expires_never();
  route_->handle(request, [self = shared_from_this()](Response response) {
    asio::post(self->executor(), [self, response = std::move(response)]() mutable {
      self->respond(std::move(response), After::kGoOn);
    });
  });
}

void Session::call_after(std::chrono::milliseconds wait, std::function<void()> call) {
  asio::post(executor(), [self = shared_from_this(), wait, call = std::move(call)]() mutable {
    auto timer = std::make_shared<asio::steady_timer>(self->executor(), wait);
    timer->async_wait([timer, call = std::move(call)](ErrorOf error) {
      if (!error) call();
    });
  });
}

void Session::respond(Response response, After after) {
  if (!keep_alive_ || context_.stopping) after = After::kClose;
  const std::string route = route_ == nullptr ? "none" : route_->pattern;
  context_.outside.metrics
      .counter("haul_http_requests_total", "Requests answered, by route and status.",
               {{"route", route}, {"status", fmt::to_string(response.status)}})
      .add();
  out_ = response_text(response, context_.outside.clock.now(), after == After::kGoOn, is_head_);
  stream_.expires_after(context_.limits.write_max);
  asio::async_write(
      stream_, asio::buffer(out_),
      [self = shared_from_this(), after](ErrorOf error, std::size_t) { self->on_written(error, after); });
}

void Session::on_written(ErrorOf error, After after) {
  if (error) return close();
  if (after == After::kGoOn) return wait_for_request();
  ErrorOf ignored;
  stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
  piece_.resize(kPieceBytes);
  spool_.reset();
  stream_.expires_after(kLingerTime);
  linger();
}

void Session::linger() {
  stream_.async_read_some(asio::buffer(piece_.data(), piece_.size()),
                          [self = shared_from_this()](ErrorOf error, std::size_t bytes) {
                            self->lingered_bytes_ += bytes;
                            if (error || self->lingered_bytes_ > kLingerBytesMax) return self->close();
                            self->linger();
                          });
}

void Session::close() { stream_.close(); }

}  // namespace haul::server
