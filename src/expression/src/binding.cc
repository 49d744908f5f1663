#include "binding.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <charconv>
#include <optional>

#include "identifier.h"
#include "sql_type.h"

namespace haul::expression {
namespace {

constexpr std::string_view kBefore = "SELECT (";

/// `SELECT (sql) FROM (one row of typed NULLs)`: the binder sees the schema's columns and nothing else.
std::string statement(std::string_view sql, const std::vector<columnar::Column>& columns) {
  std::string text = fmt::format("{}{}\n) FROM (SELECT ", kBefore, sql);
  for (const auto& column : columns) {
    text += fmt::format("CAST(NULL AS {}) AS {}, ", sql_name(*column.type), quote_identifier(column.name));
  }
  return text + "NULL) AS columns";
}

struct BindError {
  std::string message{};
  std::string subtype{};
  std::string name{};
  std::string position{};
};

std::optional<BindError> read_error(const std::string& answer) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  bool failed = false;
  if (parser.parse(answer).get(root) != simdjson::SUCCESS)
    return BindError{.message = "the engine's answer is no JSON"};
  if (root["error"].get(failed) != simdjson::SUCCESS || !failed) return std::nullopt;
  BindError error;
  const auto read = [&](std::string_view key, std::string* out) {
    std::string_view text;
    if (root[key].get(text) == simdjson::SUCCESS) *out = std::string(text);
  };
  read("error_message", &error.message);
  read("error_subtype", &error.subtype);
  read("name", &error.name);
  read("position", &error.position);
  return error;
}

/// " at character 5" of the user's text; empty where DuckDB does not say.
std::string place(const BindError& error, std::string_view sql) {
  std::size_t position = 0;
  const auto& text = error.position;
  if (std::from_chars(text.data(), text.data() + text.size(), position).ec != std::errc{}) return "";
  if (position < kBefore.size() || position - kBefore.size() > sql.size()) return "";
  return fmt::format(" at character {}", position - kBefore.size() + 1);
}

std::string unknown_column(const BindError& error, const columnar::Schema& schema) {
  std::vector<std::string_view> names;
  std::string all;
  for (const auto& column : schema.columns) {
    names.push_back(column.name);
    all += fmt::format("{}{}", all.empty() ? "" : ", ", column.name);
  }
  const std::string_view near = nearest(error.name, names);
  const std::string hint =
      near.empty() ? fmt::format("the columns are {}", all) : fmt::format("did you mean '{}'?", near);
  return fmt::format("there is no column '{}'; {}", error.name, hint);
}

std::string explain(const BindError& error, std::string_view sql, const columnar::Schema& schema) {
  std::string words = error.subtype == "COLUMN_NOT_FOUND" ? unknown_column(error, schema) : error.message;
  for (char& c : words) {
    if (c == '\n') c = ' ';
  }
  return fmt::format("{}{}: {}", in_words(sql), place(error, sql), words);
}

}  // namespace

std::string in_words(std::string_view sql) {
  std::string words = fmt::format(
      "expression `{}`", sql.size() > 80 ? std::string(sql.substr(0, 77)) + "..." : std::string(sql));
  for (char& c : words) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  return words;
}

Result<Bound> bind(std::string_view sql, const columnar::Schema& schema, const SqlParser& parser) {
  Bound bound;
  bound.offset = kBefore.size();
  for (const auto& column : schema.columns) {
    if (!sql_name(*column.type).empty()) bound.columns.push_back(column);
  }
  HAUL_TRY(answer, parser.plan_select(statement(sql, bound.columns)));
  if (const auto error = read_error(answer))
    return fail(ErrorCode::kInvalidInput, explain(*error, sql, schema));
  auto root = parse_bound_tree(answer);
  if (!root) return fail(with_context(root.error(), in_words(sql)));
  bound.root = std::move(*root);
  return bound;
}

}  // namespace haul::expression
