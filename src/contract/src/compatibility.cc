#include "haul/contract/compatibility.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace haul::contract {
namespace {

using Numbers = std::array<std::uint64_t, 3>;

/// The three numbers of a version; numbers that are missing are 0.
Numbers numbers_in(std::string_view version) {
  Numbers numbers{};
  const char* at = version.data();
  const char* const end = at + version.size();
  for (std::uint64_t& number : numbers) {
    const auto [stop, error] = std::from_chars(at, end, number);
    if (error != std::errc() || stop == end) break;
    at = stop + 1;  // the dot
  }
  return numbers;
}

}  // namespace

Impact impact_of(const std::vector<Change>& changes) {
  Impact gravest = Impact::kPatch;
  for (const Change& change : changes) gravest = std::max(gravest, change.rule->impact);
  return gravest;
}

std::optional<Impact> bump_between(std::string_view before, std::string_view after) {
  const Numbers was = numbers_in(before);
  const Numbers is = numbers_in(after);
  constexpr std::array<Impact, 3> kMeans{Impact::kBreaking, Impact::kMinor, Impact::kPatch};
  for (std::size_t i = 0; i < was.size(); ++i) {
    if (is.at(i) > was.at(i)) return kMeans.at(i);
    if (is.at(i) < was.at(i)) return std::nullopt;
  }
  return std::nullopt;
}

std::string next_version(std::string_view before, Impact impact) {
  const auto [major, minor, patch] = numbers_in(before);
  if (impact == Impact::kBreaking) return fmt::format("{}.0.0", major + 1);
  if (impact == Impact::kMinor) return fmt::format("{}.{}.0", major, minor + 1);
  return fmt::format("{}.{}.{}", major, minor, patch + 1);
}

std::string_view to_string(Impact impact) {
  switch (impact) {
    case Impact::kPatch:
      return "patch";
    case Impact::kMinor:
      return "minor";
    case Impact::kBreaking:
      return "breaking";
  }
  return "";
}

std::string_view to_string(Affected affected) {
  switch (affected) {
    case Affected::kNobody:
      return "nobody";
    case Affected::kProducers:
      return "producers";
    case Affected::kConsumers:
      return "consumers";
    case Affected::kEveryone:
      return "producers and consumers";
  }
  return "";
}

std::string_view to_string(ExampleShows shows) {
  switch (shows) {
    case ExampleShows::kNothing:
      return "";
    case ExampleShows::kRefused:
      return "refused";
    case ExampleShows::kAccepted:
      return "accepted";
    case ExampleShows::kMissed:
      return "missed";
    case ExampleShows::kTogether:
      return "together";
  }
  return "";
}

}  // namespace haul::contract
