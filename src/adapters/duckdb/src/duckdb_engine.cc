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

enum class Rows : std::uint8_t { kWith, kWithout };

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

/// Everything a request needs before it is run, described or planned.
struct Ready {
  Session session;
  QueryText text;
  std::vector<Path> files;
  PreparedHandle statement;
};

class DuckDbEngine final : public query::SqlEngine {
 public:
  explicit DuckDbEngine(DuckDbOptions options) : options_(std::move(options)) {}

  Result<query::QuerySummary> run(const QueryRequest& request, query::ResultConsumer& consumer) override {
    HAUL_TRY(ready, prepare(request, Rows::kWith));
    const StreamRequest streamed{.query = request, .text = ready.text, .files = ready.files};
    return stream(ready.session, ready.statement.get(), streamed, consumer);
  }

  Result<std::string> parse(std::string_view sql) override {
    const std::lock_guard lock(parser_mutex_);
    if (!parser_) {
      HAUL_TRY(session, Session::open({}));
      HAUL_TRY_VOID(session.close_doors({}));
      parser_.emplace(std::move(session));
    }
    HAUL_TRY(tree, parser_->text_of("SELECT json_serialize_sql($1::VARCHAR)", sql));
    HAUL_TRY_VOID(check_parsed(tree, sql));
    return std::move(tree);
  }

  Result<columnar::Schema> describe(const QueryRequest& request) override {
    HAUL_TRY(ready, prepare(request, Rows::kWithout));
    HAUL_TRY(schema, result_schema(ready.session, ready.statement.get()));
    return columnar::from_arrow(*schema);
  }

  Result<query::QueryPlan> plan(const QueryRequest& request) override {
    HAUL_TRY(ready, prepare(request, Rows::kWithout));
    HAUL_TRY(json, ready.session.text_of("SELECT json_serialize_plan($1::VARCHAR)", ready.text.to_run()));
    return query::QueryPlan{.columns = result_names(ready.statement.get()), .json = std::move(json)};
  }

 private:
  Result<Ready> prepare(const QueryRequest& request, Rows rows) {
    HAUL_TRY(tree, parse(request.sql));
    HAUL_TRY(sources, query::sources_in(tree, request.sql));
    HAUL_TRY_VOID(check_table_functions(sources, request.sql));
    HAUL_TRY(scans, named_scans(sources, request));
    HAUL_TRY(text, QueryText::with_databases(request.sql, sources));
    HAUL_TRY(session, Session::open({.threads = request.limits.threads,
                                     .memory_bytes = request.limits.memory_bytes,
                                     .spill_directory = options_.spill_directory}));
    std::vector<Path> files;
    if (rows == Rows::kWith) files = files_of(scans);
    HAUL_TRY_VOID(session.close_doors(files));
    for (const Scan* scan : scans) {
      HAUL_TRY_VOID(rows == Rows::kWith ? add_scan(session, *scan) : add_empty_scan(session, *scan));
    }
    HAUL_TRY(statement, session.prepare(text, files));
    HAUL_TRY_VOID(check_is_query(statement.get(), request.sql));
    return Ready{std::move(session), std::move(text), std::move(files), std::move(statement)};
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
  std::mutex parser_mutex_;
  std::optional<Session> parser_;
};

}  // namespace

std::unique_ptr<query::SqlEngine> make_duckdb_engine(DuckDbOptions options) {
  return std::make_unique<DuckDbEngine>(std::move(options));
}

}  // namespace haul::adapters::duckdb
