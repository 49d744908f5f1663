#include "syntax.h"

#include <array>
#include <cctype>
#include <set>

#include "haul/base/hash.h"
#include "haul/query/syntax_tree.h"

namespace haul::batch {
namespace {

// Inside a JSON text a quote that belongs to a value is escaped, so these marks are found in keys only.
constexpr std::string_view kFunction = "\"function_name\":\"";
constexpr std::string_view kLocation = "\"query_location\":";
constexpr std::string_view kSample = "\"sample\":{";

constexpr std::array<std::string_view, 18> kUndecided = {"current_date",
                                                         "current_localtime",
                                                         "current_localtimestamp",
                                                         "current_time",
                                                         "current_timestamp",
                                                         "currval",
                                                         "gen_random_uuid",
                                                         "get_current_time",
                                                         "get_current_timestamp",
                                                         "nextval",
                                                         "now",
                                                         "random",
                                                         "setseed",
                                                         "today",
                                                         "transaction_timestamp",
                                                         "uuid",
                                                         "uuidv4",
                                                         "uuidv7"};

}  // namespace

Result<std::vector<std::string>> datasets_read_by(query::SqlEngine& engine, const std::string& sql) {
  HAUL_TRY(tree, engine.parse(sql));
  HAUL_TRY(sources, query::sources_in(tree, sql));
  std::set<std::string> names;
  for (const query::NamedTable& table : sources.tables) names.insert(table.schema + "." + table.name);
  return std::vector<std::string>(names.begin(), names.end());
}

std::vector<std::string> undecided_parts(std::string_view syntax_tree) {
  std::set<std::string> found;
  for (std::size_t at = syntax_tree.find(kFunction); at != std::string_view::npos;) {
    const std::size_t begin = at + kFunction.size();
    const std::size_t end = syntax_tree.find('"', begin);
    const std::string_view name = syntax_tree.substr(begin, end - begin);
    for (const std::string_view undecided : kUndecided) {
      if (name == undecided) found.insert(std::string(name) + "()");
    }
    at = syntax_tree.find(kFunction, begin);
  }
  if (syntax_tree.find(kSample) != std::string_view::npos) found.insert("a sample");
  return {found.begin(), found.end()};
}

std::uint64_t tree_hash(std::string_view syntax_tree) {
  std::string text;
  text.reserve(syntax_tree.size());
  for (std::size_t next = 0; next < syntax_tree.size();) {
    const std::size_t at = syntax_tree.find(kLocation, next);
    if (at == std::string_view::npos) {
      text += syntax_tree.substr(next);
      break;
    }
    text += syntax_tree.substr(next, at - next);
    next = at + kLocation.size();
    while (next < syntax_tree.size() && std::isdigit(static_cast<unsigned char>(syntax_tree[next])) != 0)
      ++next;
  }
  return hash64(text);
}

}  // namespace haul::batch
