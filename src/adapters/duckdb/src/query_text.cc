#include "query_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace haul::adapters::duckdb {
namespace {

/// The database that an in-memory session works in.
constexpr std::string_view kDatabase = "memory.";

bool is_a_database_too(std::string_view schema) {
  std::string lower(schema);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return lower == "system" || lower == "temp" || lower == "memory";
}

}  // namespace

Result<QueryText> QueryText::with_databases(std::string_view written, const query::QuerySources& sources) {
  QueryText text{std::string(written)};
  for (const auto& table : sources.tables) {
    if (!is_a_database_too(table.schema)) continue;
    if (!table.position) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("{}.{} cannot be named here: select from it in a WITH clause", table.schema,
                              table.name));
    }
    text.inserted_at_.push_back(*table.position);
  }
  auto& places = text.inserted_at_;
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  for (auto place = places.rbegin(); place != places.rend(); ++place) text.run_.insert(*place, kDatabase);
  return text;
}

std::string QueryText::place(std::size_t position) const {
  std::size_t inserted = 0;
  for (const std::size_t at : inserted_at_) {
    if (at + inserted >= position) break;
    inserted += kDatabase.size();
  }
  return query::place_in(written_, position - std::min(inserted, position));
}

}  // namespace haul::adapters::duckdb
