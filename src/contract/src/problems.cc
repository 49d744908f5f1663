#include "problems.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>

#include "haul/base/check.h"

namespace haul::contract {

void Problems::add(SourcePlace place, std::string message) {
  problems_.push_back({std::move(place), std::move(message)});
}

Error Problems::to_error() const {
  HAUL_CHECK(!problems_.empty(), "an error needs a problem");
  std::vector<const Problem*> sorted;
  sorted.reserve(problems_.size());
  for (const Problem& problem : problems_) sorted.push_back(&problem);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Problem* a, const Problem* b) {
    return std::tie(a->place.line, a->place.column) < std::tie(b->place.line, b->place.column);
  });
  std::vector<std::string> lines;
  lines.reserve(sorted.size());
  for (const Problem* problem : sorted) {
    lines.push_back(fmt::format("{}: {}", to_string(problem->place), problem->message));
  }
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());  // a node behind an alias is read twice
  return Error{ErrorCode::kInvalidInput, fmt::format("{}", fmt::join(lines, "\n"))};
}

std::string advise(std::string_view word, std::span<const std::string_view> known) {
  const std::string_view near = nearest(word, known);
  if (!near.empty()) return fmt::format("; did you mean `{}`?", near);
  if (known.size() == 1) return fmt::format("; write `{}`", known.front());
  return fmt::format("; it is one of {}", fmt::join(known, ", "));
}

}  // namespace haul::contract
