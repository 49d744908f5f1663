#include "haul/base/units.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace haul {

Result<std::uint64_t> parse_bytes(std::string_view text) {
  struct Suffix {
    std::string_view name;
    std::uint64_t factor;
  };
  static constexpr std::array<Suffix, 10> kSuffixes{{{"", 1},
                                                     {"B", 1},
                                                     {"KB", 1'000},
                                                     {"MB", 1'000'000},
                                                     {"GB", 1'000'000'000},
                                                     {"TB", 1'000'000'000'000},
                                                     {"KiB", 1ULL << 10U},
                                                     {"MiB", 1ULL << 20U},
                                                     {"GiB", 1ULL << 30U},
                                                     {"TiB", 1ULL << 40U}}};
  std::uint64_t count = 0;
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
  std::string_view suffix(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
  while (!suffix.empty() && suffix.front() == ' ') suffix.remove_prefix(1);
  for (const Suffix& known : kSuffixes) {
    std::uint64_t bytes = 0;
    if (problem == std::errc() && suffix == known.name &&
        !__builtin_mul_overflow(count, known.factor, &bytes)) {
      return bytes;
    }
  }
  return fail(ErrorCode::kInvalidInput,
              fmt::format("\"{}\" is no size; write it like 64MB, 10GB or 512KiB", text.substr(0, 64)));
}

std::string format_bytes(std::uint64_t bytes) {
  static constexpr std::array<std::string_view, 5> kNames{"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 999.95 && unit + 1 < kNames.size()) {
    value /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, kNames.at(unit));
}

std::string format_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t place = digits.size(); place > 3;) {
    place -= 3;
    digits.insert(place, ",");
  }
  return digits;
}

}  // namespace haul
