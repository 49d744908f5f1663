#include "haul/adapters/duckdb/duckdb_engine.h"

#include <arrow/type.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cctype>
#include <mutex>
#include <optional>
#include <utility>

#include "error_text.h"
#include "haul/base/check.h"
#include "haul/query/syntax_tree.h"
#include "query_text.h"
#include "result_stream.h"
#include "scan_tables.h"
#include "session.h"
#include "statement_gate.h"

namespace haul::adapters::duckdb {
namespace {

using query::QueryRequest;
using query::Scan;

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [lower](char x, char y) { return lower(x) == lower(y); });
}

/// The scans that the query names, each once. kInvalidInput: it names one that is not given.
Result<std::vector<const Scan*>> named_scans(const query::QuerySources& sources,
                                             const QueryRequest& request) {
  std::vector<const Scan*> out;
  for (const auto& table : sources.tables) {
    const auto scan =
        std::find_if(request.scans.begin(), request.scans.end(), [&table](const Scan& candidate) {
          return same_name(candidate.schema, table.schema) && same_name(candidate.name, table.name);
        });
    if (scan == request.scans.end()) {
      const std::string place =
          table.position ? " (" + query::place_in(request.sql, *table.position) + ")" : "";
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("there is no dataset {}.{}{}", table.schema, table.name, place));
    }
    if (std::find(out.begin(), out.end(), &*scan) == out.end()) out.push_back(&*scan);
  }
  return out;
}

/// A query that passed the gates of its text.
struct Read {
  query::QuerySources sources;
  std::vector<const Scan*> scans;
  QueryText text;
};

/// Ends the session's transaction so that nothing made in it stays.
class Rollback {
 public:
  explicit Rollback(Session& session) : session_(session) {}
  Rollback(const Rollback&) = delete;
  Rollback& operator=(const Rollback&) = delete;
  ~Rollback() {
    const auto undone = session_.execute("ROLLBACK");
    HAUL_CHECK(undone.has_value(), "a transaction that wrote no row can be undone");
  }

 private:
  Session& session_;
};

class DuckDbEngine final : public query::SqlEngine {
 public:
  explicit DuckDbEngine(DuckDbOptions options) : options_(std::move(options)) {}

  Result<query::QuerySummary> run(const QueryRequest& request, query::ResultConsumer& consumer) override {
    HAUL_TRY(query, read(request));
    HAUL_TRY(session, Session::open({.threads = request.limits.threads,
                                     .memory_bytes = request.limits.memory_bytes,
                                     .spill_directory = options_.spill_directory}));
    const std::vector<Path> files = files_of(query.scans);
    HAUL_TRY_VOID(session.close_doors(files));
    for (const Scan* scan : query.scans) HAUL_TRY_VOID(add_scan(session, *scan));
    HAUL_TRY(statement, session.prepare(query.text, files));
    HAUL_TRY_VOID(check_is_query(statement.get(), request.sql));
    return stream(session, statement.get(), {.query = request, .text = query.text, .files = files}, consumer);
  }

  Result<std::string> parse(std::string_view sql) override {
    const std::lock_guard lock(binding_mutex_);
    HAUL_TRY(session, binding_session());
    HAUL_TRY(tree, session->text_of("SELECT json_serialize_sql($1::VARCHAR)", sql));
    HAUL_TRY_VOID(check_parsed(tree, sql));
    return std::move(tree);
  }

  Result<columnar::Schema> describe(const QueryRequest& request) override {
    HAUL_TRY(query, read(request));
    return bound<columnar::Schema>(query, [](Session& session, duckdb_prepared_statement statement) {
      return result_schema(session, statement)
          .and_then([](const auto& schema) -> Result<columnar::Schema>::Base {
            return columnar::from_arrow(*schema);
          });
    });
  }

  Result<query::QueryPlan> plan(const QueryRequest& request) override {
    HAUL_TRY(query, read(request));
    return bound<query::QueryPlan>(query, [&query](Session& session, duckdb_prepared_statement statement) {
      return session.text_of("SELECT json_serialize_plan($1::VARCHAR)", query.text.to_run())
          .transform([statement](std::string&& json) {
            return query::QueryPlan{.columns = result_names(statement), .json = std::move(json)};
          });
    });
  }

 private:
  Result<Read> read(const QueryRequest& request) {
    HAUL_TRY(tree, parse(request.sql));
    HAUL_TRY(sources, query::sources_in(tree, request.sql));
    HAUL_TRY_VOID(check_table_functions(sources, request.sql));
    HAUL_TRY(scans, named_scans(sources, request));
    HAUL_TRY(text, QueryText::with_databases(request.sql, sources));
    return Read{std::move(sources), std::move(scans), std::move(text)};
  }

  /// What `use(session, statement)` says of the query, bound to its scans without rows.
  template <class T, class Use>
  Result<T> bound(const Read& query, const Use& use) {
    const std::lock_guard lock(binding_mutex_);
    HAUL_TRY(session, binding_session());
    HAUL_TRY_VOID(session->execute("BEGIN TRANSACTION"));
    const Rollback undo(*session);
    for (const Scan* scan : query.scans) HAUL_TRY_VOID(add_empty_scan(*session, *scan));
    HAUL_TRY(statement, session->prepare(query.text, {}));
    HAUL_TRY_VOID(check_is_query(statement.get(), query.text.written()));
    return use(*session, statement.get());
  }

  /// Opened once: opening costs ten times what reading a query does. Guarded by binding_mutex_.
  Result<Session*> binding_session() {
    if (!binding_session_) {
      HAUL_TRY(session, Session::open({}));
      HAUL_TRY_VOID(session.close_doors({}));
      binding_session_.emplace(std::move(session));
    }
    return &*binding_session_;
  }

  /// The tree is an error object where the text is wrong or not a query.
  static Result<void> check_parsed(const std::string& tree, std::string_view sql) {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    bool wrong = true;
    if (parser.parse(tree).get(root) != simdjson::SUCCESS || root["error"].get(wrong) != simdjson::SUCCESS) {
      return fail(ErrorCode::kInvalidInput, "the query cannot be read: it may be nested too deeply");
    }
    if (!wrong) return {};
    std::string_view kind;
    if (root["error_type"].get(kind) == simdjson::SUCCESS && kind == "not implemented") {
      const std::string word = statement_kind(sql);
      if (word == "PIVOT")
        return fail(ErrorCode::kInvalidInput, "PIVOT needs its values here: ON column IN (...)");
      return fail(ErrorCode::kInvalidInput, fmt::format("{} is not a query: datasets are only read", word));
    }
    const QueryText text{std::string(sql)};
    return fail(to_error(tree, &text));
  }

  const DuckDbOptions options_;
  std::mutex binding_mutex_;
  std::optional<Session> binding_session_;
};

}  // namespace

std::unique_ptr<query::SqlEngine> make_duckdb_engine(DuckDbOptions options) {
  return std::make_unique<DuckDbEngine>(std::move(options));
}

}  // namespace haul::adapters::duckdb
