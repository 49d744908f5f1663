#include "names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace haul::adapters::postgres {
namespace {

constexpr std::string_view kRefused = " ,;{}()=";  // by Delta tables, in a column's name

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

/// What Delta tables have no column names of, and the names that silver has of its own.
std::string column_name(std::string name) {
  static constexpr std::array<std::string_view, 4> kOurs{"_partition", "_offset", "_ingest_time", "_extra"};
  std::replace_if(
      name.begin(), name.end(),
      [](char c) {
        return static_cast<unsigned char>(c) < ' ' || kRefused.find(c) != std::string_view::npos;
      },
      '_');
  if (std::find(kOurs.begin(), kOurs.end(), lower(name)) != kOurs.end()) name += '_';
  return name;
}

}  // namespace

std::string contract_name(std::string_view table) {
  std::string name = lower(table);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !is_letter_or_digit(c); }, '_');
  if (name.empty() || is_digit(name.front())) name.insert(0, "t_");
  return name;
}

std::vector<std::string> column_names(const std::vector<std::string>& columns) {
  // Names that need no change have them before others get them.
  std::set<std::string> taken;
  std::vector<std::string> names(columns.size());
  for (const bool changed : {false, true}) {
    for (std::size_t index = 0; index < columns.size(); ++index) {
      if (!names[index].empty()) continue;
      const std::string wanted = column_name(columns[index]);
      std::string name = wanted;
      for (int number = 2; changed && taken.contains(lower(name)); ++number)
        name = fmt::format("{}_{}", wanted, number);
      const bool is_own = name == columns[index] && !taken.contains(lower(name));
      if (!changed && !is_own) continue;
      taken.insert(lower(name));
      names[index] = name;
    }
  }
  return names;
}

bool is_identifier(std::string_view name) {
  return !name.empty() && !is_digit(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_letter_or_digit(c) || c == '_'; });
}

}  // namespace haul::adapters::postgres
