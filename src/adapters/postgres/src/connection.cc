#include "connection.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace haul::adapters::postgres {
namespace {

constexpr int kPollMilliseconds = 100;
/// The server ends a slow statement itself; only a server that says nothing at all is given up after this.
constexpr std::chrono::seconds kGrace{10};
constexpr const char* kConnectSeconds = "10";

/// The first line: what follows repeats it for other addresses, or guesses.
std::string first_line(std::string_view text) {
  return std::string(text.substr(0, std::min(text.find('\n'), text.size())));
}

std::string parameter_or_empty(const char* value) { return value == nullptr ? "" : value; }

/// What a connection that did not come about means: what the user gave is wrong, or the server is not there.
Error refusal_of(const PGconn* connection, const std::string& message) {
  const auto has = [&](std::string_view part) { return message.find(part) != std::string::npos; };
  const auto wrong = [&](std::string_view advice) {
    return Error{ErrorCode::kInvalidInput, fmt::format("{}; {}", message, advice)};
  };
  if (PQconnectionNeedsPassword(connection) != 0)
    return wrong("set PGPASSWORD, or add a line for it to ~/.pgpass");
  if (has("authentication failed"))
    return wrong("correct the user or the password (PGPASSWORD or ~/.pgpass)");
  if (has("no pg_hba.conf entry"))
    return wrong("let the server's pg_hba.conf admit this user from this machine");
  if (has("role") && has("does not exist")) return wrong("correct the user in the address");
  if (has("does not exist")) return wrong("correct the database in the address");
  const std::string_view advice =
      has("too many") ? "try again when a connection is free" : "check host, port and that the server runs";
  return {ErrorCode::kUnavailable, fmt::format("{}; {}", message, advice)};
}

struct Meaning {
  std::string_view state;
  ErrorCode code;
  std::string_view advice;
};
constexpr std::array<Meaning, 8> kMeanings{{
    {"42501", ErrorCode::kInvalidInput, "GRANT SELECT on it (and USAGE on its schema) to this user"},
    {"57014", ErrorCode::kUnavailable, "give it longer with --timeout, or read fewer rows with --rows"},
    {"55P03", ErrorCode::kUnavailable, "another session holds a lock on it; try again when that has ended"},
    {"57P01", ErrorCode::kUnavailable, "the server was stopped; try again when it runs"},
    {"57P03", ErrorCode::kUnavailable, "the server is starting or stopping; try again"},
    {"42602", ErrorCode::kInvalidInput, "name it as SQL does: table, schema.table or \"Schema\".\"Table\""},
    {"0A000", ErrorCode::kInvalidInput, "name it as SQL does, in the database of the address"},
    {"55000", ErrorCode::kInvalidInput, "REFRESH the materialized view first"},
}};

void ignore_notice(void* /*context*/, const PGresult* /*notice*/) {}

/// The address is checked before anything else: libpq's own message would repeat it with its password.
Result<void> check_address(const std::string& address) {
  char* problem = nullptr;
  PQconninfoOption* const options = PQconninfoParse(address.c_str(), &problem);
  PQfreemem(problem);
  if (options == nullptr || address.empty()) {
    PQconninfoFree(options);
    return fail(ErrorCode::kInvalidInput,
                "the address of the server cannot be read; write postgres://user@host:5432/database");
  }
  PQconninfoFree(options);
  return {};
}

}  // namespace

void Connection::FreeResult::operator()(pg_result* result) const { PQclear(result); }
void Connection::FreeMemory::operator()(char* memory) const { PQfreemem(memory); }

Connection::Connection(pg_conn* connection, const PostgresRequest& request)
    : connection_(connection), statement_max_(request.statement_max), is_stopped_(request.is_stopped) {}

Connection::~Connection() { PQfinish(connection_); }

Result<std::unique_ptr<Connection>> Connection::open(const PostgresRequest& request) {
  HAUL_TRY_VOID(check_address(request.address));
  // The last value of a word counts: the address may set a timeout of its own, and nothing else of these.
  const std::array<const char*, 5> words{"connect_timeout", "dbname", "client_encoding",
                                         "fallback_application_name", nullptr};
  const std::array<const char*, 5> values{kConnectSeconds, request.address.c_str(), "UTF8", "haul", nullptr};
  PGconn* const raw = PQconnectdbParams(words.data(), values.data(), /*expand_dbname=*/1);
  if (raw == nullptr) return fail(ErrorCode::kUnavailable, "out of memory");
  std::unique_ptr<Connection> connection(new Connection(raw, request));
  if (PQstatus(raw) != CONNECTION_OK) {
    const std::string message = first_line(connection->without_secrets(PQerrorMessage(raw)));
    return fail(refusal_of(raw, message));
  }
  PQsetNoticeReceiver(raw, ignore_notice, nullptr);
  HAUL_TRY_VOID(connection->begin());
  return connection;
}

Result<void> Connection::begin() {
  // Texts in one form whatever the server prefers, the same rows at every reading, and no more of the
  // server's processors than one.
  const std::string sql = fmt::format(
      "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;"
      "SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = 10000;"
      "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres';"
      "SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1;"
      "SET LOCAL standard_conforming_strings = on; SET LOCAL quote_all_identifiers = off;"
      "SET LOCAL synchronize_seqscans = off; SET LOCAL max_parallel_workers_per_gather = 0",
      statement_max_.count());
  restart_clock();
  if (PQsendQuery(connection_, sql.c_str()) == 0) return tl::unexpected(gone("the server"));
  for (;;) {
    HAUL_TRY(result, next_result("the server"));
    if (!result) return {};
  }
}

void Connection::restart_clock() { give_up_at_ = std::chrono::steady_clock::now() + statement_max_ + kGrace; }

Result<void> Connection::wait_for_bytes() {
  for (;;) {
    if (is_stopped_()) {
      cancel();
      return fail(ErrorCode::kUnavailable, "interrupted; nothing was written");
    }
    pollfd readable{.fd = PQsocket(connection_), .events = POLLIN, .revents = 0};
    const int ready = ::poll(&readable, 1, kPollMilliseconds);
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return fail(ErrorCode::kUnavailable, "the connection cannot be read");
    if (std::chrono::steady_clock::now() > give_up_at_) {
      cancel();
      return fail(ErrorCode::kUnavailable,
                  "the server says nothing any more; check it and the network, then try again");
    }
  }
}

Result<Connection::ResultPtr> Connection::next_result(std::string_view what) {
  while (PQisBusy(connection_) != 0) {
    HAUL_TRY_VOID(wait_for_bytes());
    if (PQconsumeInput(connection_) == 0) return tl::unexpected(gone(what));
  }
  ResultPtr result(PQgetResult(connection_));
  if (!result) return result;
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE || status == PGRES_NONFATAL_ERROR)
    return tl::unexpected(error_of(what, result.get()));
  return result;
}

Result<std::vector<Row>> Connection::query(std::string_view what, const std::string& sql,
                                           const std::vector<std::string>& parameters) {
  std::vector<const char*> values;
  for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
  restart_clock();
  if (PQsendQueryParams(connection_, sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(),
                        nullptr, nullptr, 0) == 0) {
    return tl::unexpected(gone(what));
  }
  std::vector<Row> rows;
  for (;;) {
    HAUL_TRY(result, next_result(what));
    if (!result) return rows;
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      Row& values_of_row = rows.emplace_back();
      for (int column = 0; column < PQnfields(result.get()); ++column) {
        const bool is_null = PQgetisnull(result.get(), row, column) != 0;
        values_of_row.push_back(is_null ? Value() : Value(PQgetvalue(result.get(), row, column)));
      }
    }
  }
}

Result<void> Connection::begin_copy(std::string_view what, const std::string& sql) {
  copying_ = what;
  restart_clock();
  if (PQsendQuery(connection_, sql.c_str()) == 0) return tl::unexpected(gone(what));
  HAUL_TRY(result, next_result(what));
  if (!result || PQresultStatus(result.get()) != PGRES_COPY_OUT)
    return fail(ErrorCode::kUnavailable, fmt::format("{}: the server sends no rows", what));
  return {};
}

Result<std::optional<std::string_view>> Connection::next_row() {
  for (;;) {
    char* bytes = nullptr;
    const int length = PQgetCopyData(connection_, &bytes, /*async=*/1);
    row_.reset(bytes);
    if (length > 0) {
      std::string_view row(bytes, static_cast<std::size_t>(length));
      if (row.ends_with('\n')) row.remove_suffix(1);
      return std::optional(row);
    }
    if (length == -2) return tl::unexpected(gone(copying_));
    if (length == -1) break;  // the end, or an error that the result tells
    HAUL_TRY_VOID(wait_for_bytes());
    if (PQconsumeInput(connection_) == 0) return tl::unexpected(gone(copying_));
  }
  for (;;) {
    HAUL_TRY(result, next_result(copying_));
    if (!result) return std::optional<std::string_view>();
  }
}

Error Connection::error_of(std::string_view what, const pg_result* result) const {
  const std::string state = parameter_or_empty(PQresultErrorField(result, PG_DIAG_SQLSTATE));
  const std::string said =
      without_secrets(parameter_or_empty(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)));
  if (state.empty()) return gone(what);
  const auto* const known = std::find_if(kMeanings.begin(), kMeanings.end(),
                                         [&](const Meaning& each) { return each.state == state; });
  if (known == kMeanings.end())
    return {ErrorCode::kUnavailable, fmt::format("{}: {} (SQLSTATE {})", what, said, state)};
  return {known->code, fmt::format("{}: {}; {}", what, said, known->advice)};
}

Error Connection::gone(std::string_view what) const {
  const std::string said = first_line(without_secrets(PQerrorMessage(connection_)));
  return {ErrorCode::kUnavailable,
          fmt::format("{}: the connection to the server was lost{}{}; check the server, then try again", what,
                      said.empty() ? "" : ": ", said)};
}

std::string Connection::without_secrets(std::string text) const {
  const std::string password = parameter_or_empty(PQpass(connection_));
  if (password.empty()) return text;
  for (auto at = text.find(password); at != std::string::npos; at = text.find(password, at))
    text.replace(at++, password.size(), "*");
  return text;
}

void Connection::cancel() {
  constexpr int kMessageBytes = 256;
  std::array<char, kMessageBytes> message{};
  PGcancel* const request = PQgetCancel(connection_);
  if (request == nullptr) return;
  PQcancel(request, message.data(), kMessageBytes);
  PQfreeCancel(request);
}

std::string Connection::host() const { return parameter_or_empty(PQhost(connection_)); }
std::string Connection::port() const { return parameter_or_empty(PQport(connection_)); }
std::string Connection::database() const { return parameter_or_empty(PQdb(connection_)); }

}  // namespace haul::adapters::postgres
