#include "haul/batch/model_test.h"

#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "test_rows.h"

namespace haul::batch {
namespace {

/// Enough to see what is wrong.
constexpr std::size_t kShownRows = 10;

void add_lines(std::string& out, char mark, const std::vector<std::string>& lines) {
  for (std::size_t i = 0; i < std::min(lines.size(), kShownRows); ++i) {
    out += fmt::format("{}{} {}", out.empty() ? "" : "\n", mark, lines[i]);
  }
  if (lines.size() > kShownRows) out += fmt::format("\n{} and {} more", mark, lines.size() - kShownRows);
}

std::string difference(const std::vector<std::string>& expected, const std::vector<std::string>& actual) {
  std::vector<std::string> missing;
  std::vector<std::string> surplus;
  std::set_difference(expected.begin(), expected.end(), actual.begin(), actual.end(),
                      std::back_inserter(missing));
  std::set_difference(actual.begin(), actual.end(), expected.begin(), expected.end(),
                      std::back_inserter(surplus));
  std::string out;
  add_lines(out, '-', missing);
  add_lines(out, '+', surplus);
  return out;
}

/// The columns that some expected row names, in the order of the output; all of them where no row is
/// expected.
std::vector<std::string> compared_columns(const TestRows& expect, const columnar::Schema& schema) {
  std::set<std::string> named;
  for (const TestRow& row : expect.rows) {
    for (const auto& [column, value] : row) named.insert(column);
  }
  std::vector<std::string> out;
  for (const columnar::Column& column : schema.columns) {
    if (expect.rows.empty() || named.contains(column.name)) out.push_back(column.name);
  }
  return out;
}

Result<query::QueryRequest> request_for(const Graph& graph, const Node& node, const TestCase& test) {
  for (const auto& [dataset, rows] : test.given) {
    if (std::find(node.inputs.begin(), node.inputs.end(), dataset) == node.inputs.end()) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("{}: {} does not read {}", to_string(rows.place), node.model.name, dataset));
    }
  }
  query::QueryRequest request;
  request.sql = placed_sql(node.model.sql, node.model.sql_place);
  for (const std::string& input : node.inputs) {
    query::Scan scan;
    std::tie(scan.schema, scan.name) = split_name(input);
    scan.columns = graph.schema_of(input);
    if (const auto given = test.given.find(input); given != test.given.end()) {
      HAUL_TRY(rows, to_table(given->second, scan.columns));
      scan.rows = std::move(rows);
    }
    request.scans.push_back(std::move(scan));
  }
  return request;
}

/// The difference; empty where there is none.
Result<std::string> run_case(query::SqlEngine& engine, const Graph& graph, const Node& node,
                             const TestCase& test) {
  HAUL_TRY(request, request_for(graph, node, test));
  HAUL_TRY(expected, to_table(test.expect, node.schema));
  HAUL_TRY(actual, query::run_to_table(engine, request));
  const auto columns = compared_columns(test.expect, node.schema);
  return difference(to_lines(*expected, columns), to_lines(*actual, columns));
}

}  // namespace

Result<std::vector<CaseResult>> run_model_test(query::SqlEngine& engine, const Graph& graph,
                                               const ModelTest& test) {
  const Node* node = graph.find(test.model);
  std::vector<CaseResult> out;
  for (const TestCase& one : test.cases) {
    CaseResult result{
        .model = test.model, .name = one.name, .place = one.place, .passed = false, .difference = {}};
    if (node == nullptr) {
      result.difference = fmt::format("{}: there is no model {}", to_string(test.model_place), test.model);
    } else {
      auto found = run_case(engine, graph, *node, one);
      if (!found &&
          (found.error().code == ErrorCode::kCancelled || found.error().code == ErrorCode::kUnavailable)) {
        return fail(found.error());
      }
      result.difference = found ? *found : found.error().message;
      result.passed = result.difference.empty();
    }
    out.push_back(std::move(result));
  }
  return out;
}

}  // namespace haul::batch
