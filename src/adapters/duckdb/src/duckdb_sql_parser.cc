#include "haul/adapters/duckdb/duckdb_sql_parser.h"

#include <mutex>
#include <optional>
#include <string>

#include "error_text.h"
#include "query_text.h"
#include "session.h"

namespace haul::adapters::duckdb {
namespace {

constexpr const char* kParse = "SELECT json_serialize_sql($1::VARCHAR)";
/// In a plan that is not optimised every operator and cast stands where the SQL has it.
constexpr const char* kPlan = "SELECT json_serialize_plan($1::VARCHAR, optimize := false)";

/// How an answer begins that is an error.
constexpr std::string_view kFailed = "{\"error\":true";

class DuckDbSqlParser final : public expression::SqlParser {
 public:
  Result<std::string> parse_select(std::string_view sql) const override {
    HAUL_TRY(tree, ask(kParse, sql));
    if (!tree.starts_with(kFailed)) return std::move(tree);
    const QueryText text{std::string(sql)};
    return fail(to_error(tree, &text));
  }
  Result<std::string> plan_select(std::string_view sql) const override { return ask(kPlan, sql); }

 private:
  Result<std::string> ask(const char* question, std::string_view sql) const {
    const std::scoped_lock lock(mutex_);
    if (!session_) {
      HAUL_TRY(session, Session::open({}));
      HAUL_TRY_VOID(session.close_doors({}));
      session_ = std::move(session);
    }
    return session_->text_of(question, sql);
  }

  mutable std::mutex mutex_;
  mutable std::optional<Session> session_;
};

}  // namespace

std::unique_ptr<expression::SqlParser> make_duckdb_sql_parser() {
  return std::make_unique<DuckDbSqlParser>();
}

}  // namespace haul::adapters::duckdb
