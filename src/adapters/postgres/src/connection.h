#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/adapters/postgres/postgres_table.h"
#include "haul/base/result.h"

struct pg_conn;
struct pg_result;

namespace haul::adapters::postgres {

/// One value of a result in PostgreSQL's text form; nothing for NULL.
using Value = std::optional<std::string>;
using Row = std::vector<Value>;

/// A connection to one server with an open READ ONLY, REPEATABLE READ transaction. Every wait ends when the
/// caller stops or the time is up. One thread.
class Connection {
 public:
  /// Errors as open_postgres_table().
  static Result<std::unique_ptr<Connection>> open(const PostgresRequest& request);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// The rows of one statement; `parameters` stand for $1, $2, ... as texts. The message of a failure begins
  /// with `what`.
  Result<std::vector<Row>> query(std::string_view what, const std::string& sql,
                                 const std::vector<std::string>& parameters);
  /// Begins COPY ... TO STDOUT; next_row() gives its rows.
  Result<void> begin_copy(std::string_view what, const std::string& sql);
  /// The next row without its line end, valid until the next call; nothing behind the last one.
  Result<std::optional<std::string_view>> next_row();

  [[nodiscard]] std::string host() const;  ///< A folder where it is a socket of this machine.
  [[nodiscard]] std::string port() const;
  [[nodiscard]] std::string database() const;

 private:
  struct FreeResult {
    void operator()(pg_result* result) const;
  };
  struct FreeMemory {
    void operator()(char* memory) const;
  };
  using ResultPtr = std::unique_ptr<pg_result, FreeResult>;

  Connection(pg_conn* connection, const PostgresRequest& request);
  Result<void> begin();
  Result<void> wait_for_bytes();
  Result<ResultPtr> next_result(std::string_view what);
  /// What a failed statement means for the user, and what to do.
  [[nodiscard]] Error error_of(std::string_view what, const pg_result* result) const;
  [[nodiscard]] Error gone(std::string_view what) const;
  /// `text` without the password, should the server repeat it.
  [[nodiscard]] std::string without_secrets(std::string text) const;
  void cancel();
  void restart_clock();

  pg_conn* connection_;
  std::chrono::milliseconds statement_max_;
  std::function<bool()> is_stopped_;
  std::chrono::steady_clock::time_point give_up_at_;
  std::string copying_;  ///< What is being read.
  std::unique_ptr<char, FreeMemory> row_;
};

}  // namespace haul::adapters::postgres
