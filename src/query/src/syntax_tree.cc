#include "haul/query/syntax_tree.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "text_case.h"

namespace haul::query {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

std::string_view text_at(const object& node, const char* key) {
  std::string_view value;
  return node[key].get(value) == simdjson::SUCCESS ? value : std::string_view{};
}

std::optional<std::size_t> position_of(const object& node, std::string_view sql) {
  std::uint64_t position = 0;
  if (node["query_location"].get(position) != simdjson::SUCCESS || position >= sql.size())
    return std::nullopt;
  return static_cast<std::size_t>(position);
}

/// One walk over one tree. The tree's strings live as long as its parser.
class SourceWalk {
 public:
  explicit SourceWalk(std::string_view sql) : sql_(sql) {}

  Result<void> visit(const element& node) {
    if (node.is_array()) {
      for (const element child : array(node)) HAUL_TRY_VOID(visit(child));
      return {};
    }
    if (!node.is_object()) return {};
    const object fields(node);
    const std::size_t outer = ctes_in_scope_.size();
    HAUL_TRY_VOID(enter_ctes(fields));
    HAUL_TRY_VOID(visit_source(fields));
    for (const auto [key, child] : fields) {
      if (key != "cte_map") HAUL_TRY_VOID(visit(child));
    }
    ctes_in_scope_.resize(outer);
    return {};
  }

  [[nodiscard]] QuerySources take() { return std::move(sources_); }

 private:
  /// A CTE sees the ones before it; a recursive one sees itself. The rest of the node sees them all.
  Result<void> enter_ctes(const object& fields) {
    array entries;
    if (fields["cte_map"]["map"].get(entries) != simdjson::SUCCESS) return {};
    for (const element entry : entries) {
      object cte;
      element body;
      if (entry.get(cte) != simdjson::SUCCESS || cte["value"].get(body) != simdjson::SUCCESS) {
        return fail(ErrorCode::kInvalidInput, "the syntax tree has a CTE without a body");
      }
      const std::string name = lower_case(text_at(cte, "key"));
      std::string_view kind;
      const bool recursive =
          body["query"]["node"]["type"].get(kind) == simdjson::SUCCESS && kind == "RECURSIVE_CTE_NODE";
      if (recursive) ctes_in_scope_.push_back(name);
      HAUL_TRY_VOID(visit(body));
      if (!recursive) ctes_in_scope_.push_back(name);
    }
    return {};
  }

  Result<void> visit_source(const object& fields) {
    const std::string_view type = text_at(fields, "type");
    if (type == "BASE_TABLE" && !text_at(fields, "table_name").empty()) return visit_table(fields);
    if (type == "TABLE_FUNCTION") {
      object function;
      if (fields["function"].get(function) != simdjson::SUCCESS) {
        return fail(ErrorCode::kInvalidInput, "the syntax tree has a table function without a name");
      }
      sources_.functions.push_back(
          {lower_case(text_at(function, "function_name")), position_of(fields, sql_)});
    }
    if (type == "SHOW_REF" && !fields["query"].is_object()) {
      return fail(ErrorCode::kInvalidInput,
                  "SHOW and DESCRIBE need a dataset or a query: DESCRIBE silver.flights");
    }
    if (text_at(fields, "class") == "PARAMETER") {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("the query has the parameter ${}: write the value itself",
                              text_at(fields, "identifier")));
    }
    return {};
  }

  Result<void> visit_table(const object& fields) {
    const std::string_view catalog = text_at(fields, "catalog_name");
    const std::string_view schema = text_at(fields, "schema_name");
    const std::string_view name = text_at(fields, "table_name");
    const auto position = position_of(fields, sql_);
    const std::string place = position ? " (" + place_in(sql_, *position) + ")" : std::string();
    if (!catalog.empty()) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("{}.{}.{}: a dataset is written schema.name, e.g. {}.{}{}", catalog, schema,
                              name, schema, name, place));
    }
    if (fields["at_clause"].is_object()) {
      return fail(
          ErrorCode::kInvalidInput,
          fmt::format("{}.{} AT (...): the whole query has one --as-of instead{}", schema, name, place));
    }
    if (!schema.empty()) {
      sources_.tables.push_back({std::string(schema), std::string(name), position});
      return {};
    }
    if (std::find(ctes_in_scope_.begin(), ctes_in_scope_.end(), lower_case(name)) != ctes_in_scope_.end())
      return {};
    return fail(ErrorCode::kInvalidInput,
                fmt::format("table {} has no schema: write e.g. silver.{}{}", name, name, place));
  }

  std::string_view sql_;
  std::vector<std::string> ctes_in_scope_;
  QuerySources sources_;
};

}  // namespace

std::span<const std::string_view> pure_table_functions() {
  static constexpr std::string_view kFunctions[] = {
      "generate_series", "json_each", "json_tree", "range", "repeat", "repeat_row", "unnest",
  };
  return kFunctions;
}

std::string place_in(std::string_view sql, std::size_t position) {
  const std::string_view before = sql.substr(0, std::min(position, sql.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0: the first line
  return fmt::format("line {}, column {}", line, before.size() - line_start + 1);
}

Result<QuerySources> sources_in(std::string_view syntax_tree, std::string_view sql) {
  simdjson::dom::parser parser;
  element root;
  array statements;
  if (parser.parse(syntax_tree.data(), syntax_tree.size()).get(root) != simdjson::SUCCESS ||
      root["statements"].get(statements) != simdjson::SUCCESS) {
    return fail(ErrorCode::kInvalidInput,
                "the syntax tree of the query cannot be read: it may be nested too deeply");
  }
  if (statements.size() != 1) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("one query at a time: found {} statements", statements.size()));
  }
  SourceWalk walk(sql);
  HAUL_TRY_VOID(walk.visit(statements.at(0)));
  return walk.take();
}

}  // namespace haul::query
