#include "haul/adapters/postgres/postgres_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "connection.h"
#include "copy_rows.h"
#include "declaration.h"
#include "haul/base/sql_words.h"

namespace haul::adapters {
namespace {

using postgres::Connection;

class PostgresTable final : public ingest::DatabaseTable {
 public:
  PostgresTable(std::unique_ptr<Connection> connection, const postgres::CatalogTable& catalog,
                std::uint64_t rows_max)
      : connection_(std::move(connection)), info_(postgres::describe_table(catalog)) {
    const std::string written = fmt::format("{}.{}", catalog.schema, catalog.name);
    what_ = "table " + written;
    info_.origin = fmt::format("table {} of the database {}", written, connection_->database());
    info_.rows_max = rows_max;
    info_.declared.place = place(catalog.schema);
    sql_ = copy_statement(catalog);
  }

  [[nodiscard]] const ingest::DatabaseTableInfo& info() const override { return info_; }

  Result<std::unique_ptr<ingest::RowSplitter>> rows() override {
    HAUL_TRY_VOID(connection_->begin_copy(what_, sql_));
    std::vector<std::string> names;
    for (const ingest::DatabaseColumn& column : info_.columns) names.push_back(quoted_name(column.name));
    return postgres::make_copy_rows(*connection_, fmt::format("{}", fmt::join(names, ",")));
  }

 private:
  [[nodiscard]] std::optional<contract::DatabasePlace> place(const std::string& schema) const {
    const std::string host = connection_->host();
    const std::string port = connection_->port();
    contract::DatabasePlace place{.host = host, .database = connection_->database(), .schema = schema};
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), place.port);
    if (error != std::errc() || host.empty() || host.front() == '/') return std::nullopt;
    return place;
  }

  /// A large table is read by pages that are spread over it; REPEATABLE, so that they are the same again.
  [[nodiscard]] std::string copy_statement(const postgres::CatalogTable& catalog) const {
    constexpr double kMore = 1.2;  // pages are not equally full
    std::vector<std::string> columns;
    for (const postgres::CatalogColumn& column : catalog.columns) columns.push_back(quoted_name(column.name));
    std::string from = fmt::format("{}.{}", quoted_name(catalog.schema), quoted_name(catalog.name));
    const bool has_pages = catalog.kind == 'r' || catalog.kind == 'p' || catalog.kind == 'm';
    if (has_pages && catalog.rows_estimated > info_.rows_max) {
      const double share = static_cast<double>(info_.rows_max) / static_cast<double>(catalog.rows_estimated);
      from +=
          fmt::format(" TABLESAMPLE SYSTEM ({:.6f}) REPEATABLE (1)", std::min(100.0, share * 100 * kMore));
    }
    const std::string limit =
        info_.rows_max > INT64_MAX ? std::string() : fmt::format(" LIMIT {}", info_.rows_max);
    return fmt::format("COPY (SELECT {} FROM {}{}) TO STDOUT (FORMAT csv)", fmt::join(columns, ", "), from,
                       limit);
  }

  std::unique_ptr<Connection> connection_;
  ingest::DatabaseTableInfo info_;
  std::string what_;
  std::string sql_;
};

}  // namespace

Result<std::unique_ptr<ingest::DatabaseTable>> open_postgres_table(const PostgresRequest& request) {
  HAUL_TRY(connection, Connection::open(request));
  HAUL_TRY(catalog, postgres::read_catalog(*connection, request.table));
  return std::make_unique<PostgresTable>(std::move(connection), catalog, request.rows_max);
}

}  // namespace haul::adapters
