#include "haul/base/sql_words.h"

#include <fmt/format.h>

#include "sql_words.h"

namespace haul::batch {

std::string quoted_names(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + quoted_name(name);
  return out;
}

std::string in_range(std::string_view column, const DayRange& range) {
  return fmt::format("{0} >= {1} AND {0} < {2}", quoted_name(column), sql_literal(range.from),
                     sql_literal(range.to));
}

}  // namespace haul::batch
