#include <arrow/type.h>
#include <fmt/format.h>

#include <charconv>

#include "contract_import.h"
#include "haul/adapters/postgres/postgres_table.h"
#include "haul/base/time.h"
#include "haul/expression/expression.h"
#include "haul/ingest/database_table.h"
#include "interrupt.h"
#include "progress.h"
#include "secret.h"

namespace haul::app {
namespace {

Result<std::uint64_t> rows_max(const std::string& text) {
  if (text == "all") return UINT64_MAX;
  std::uint64_t rows = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), rows);
  if (error != std::errc() || end != text.data() + text.size() || rows == 0)
    return fail(ErrorCode::kInvalidInput, fmt::format("--rows takes a number from 1, or all; not {}", text));
  return rows;
}

Result<adapters::PostgresRequest> make_request(Platform& platform, const Path& project,
                                               const ContractImportArguments& arguments) {
  HAUL_TRY(address, resolve_secret(platform.files(), project, arguments.postgres));
  HAUL_TRY(rows, rows_max(arguments.rows));
  HAUL_TRY(timeout, parse_duration(arguments.timeout));
  if (arguments.table.empty())
    return fail(ErrorCode::kInvalidInput, "--postgres needs --table: write --table SCHEMA.TABLE");
  return adapters::PostgresRequest{
      .address = address,
      .table = arguments.table,
      .rows_max = rows,
      .statement_max = std::chrono::duration_cast<std::chrono::milliseconds>(timeout),
      .is_stopped = interrupted};
}

/// A condition that Haul's expressions refuse becomes a rule for people, with the reason.
void take_out_what_does_not_run(contract::Evidence& evidence, const expression::SqlParser& parser) {
  columnar::Schema schema;
  for (const contract::ColumnEvidence& column : evidence.columns)
    schema.columns.push_back({.name = column.name, .type = column.type});
  for (contract::DeclaredRule& rule : evidence.declared->rules) {
    if (rule.kind != contract::DeclaredRule::Kind::kCondition) continue;
    const auto compiled = expression::Expression::compile(rule.sql, schema, parser);
    if (compiled && compiled->type()->id() == arrow::Type::BOOL) continue;
    rule.kind = contract::DeclaredRule::Kind::kUnchecked;
    rule.why_unchecked = compiled ? "it is no condition" : compiled.error().message;
  }
}

}  // namespace

Result<Exit> import_table(Platform& platform, const Path& project, const ContractImportArguments& arguments) {
  HAUL_TRY(request, make_request(platform, project, arguments));
  HAUL_TRY(table, adapters::open_postgres_table(request));
  const ingest::DatabaseTableInfo& info = table->info();
  RowProgress progress(platform.clock(), info.origin);
  HAUL_TRY(profile, ingest::profile_table(*table, [&](std::uint64_t rows) {
             progress.show(rows);
             return !interrupted();
           }));
  progress.clear();
  contract::Evidence& evidence = profile.evidence;
  take_out_what_does_not_run(evidence, platform.parser());
  HAUL_TRY(draft,
           make_draft(evidence, arguments.name.empty() ? info.name : arguments.name, arguments.output));
  const std::string of_all =
      evidence.sampled_from ? fmt::format(" of about {}", *evidence.sampled_from) : std::string();
  fmt::print(stderr, "{}: {}{} rows, {} columns\n", evidence.origin, evidence.rows, of_all,
             evidence.columns.size());
  HAUL_TRY(rows, table->rows());
  HAUL_TRY_VOID(tell_refused(*rows, draft, platform.parser()));
  HAUL_TRY_VOID(write_draft(platform.files(), draft, arguments.output));
  return profile.unreadable_rows == 0 ? Exit::kDone : Exit::kDoneWithFindings;
}

}  // namespace haul::app
