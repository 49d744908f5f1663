// substring, left, right, trim. Positions count code points, from 1; negative ones from the end.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>

#include "../allow_list.h"
#include "../row_loops.h"
#include "utf8.h"

namespace haul::expression {
namespace {

using Text = std::string_view;

constexpr std::int64_t kPositionMax = 0xffffffff;

/// Bytes at which the character number `index` starts; the end of the text where there are fewer.
std::size_t byte_of(Text text, std::int64_t index) {
  std::int64_t seen = -1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    seen += starts_character(text[at]);
    if (seen == index) return at;
  }
  return text.size();
}

/// Characters [first, last), numbered from 0, of which the text has those that it has.
Text slice(Text text, std::int64_t first, std::int64_t last) {
  first = std::max<std::int64_t>(first, 0);
  if (last <= first) return {};
  const std::size_t start = byte_of(text, first);
  const Text rest = text.substr(start);
  return rest.substr(0, byte_of(rest, last - first));
}

/// DuckDB's substring: a negative offset counts from the end, a negative length goes to the left of the
/// offset.
Text substring(Text text, std::int64_t offset, std::int64_t length) {
  std::int64_t first = offset - 1;
  if (offset < 0) first = count_characters(text) + offset;
  if (length < 0) return slice(text, first + length, first);
  return slice(text, first, first + length);
}

bool in_range(std::int64_t number) { return number >= -kPositionMax - 1 && number <= kPositionMax; }

Value substring_to_end(const Call& call) {
  return map_text<Text, std::int64_t>(call, [](Text text, std::int64_t offset, std::string* out) {
    if (!in_range(offset)) return Outcome::kFailed;
    out->append(substring(text, offset, kPositionMax));
    return Outcome::kValue;
  });
}
Value substring_of_length(const Call& call) {
  return map_text<Text, std::int64_t, std::int64_t>(
      call, [](Text text, std::int64_t offset, std::int64_t length, std::string* out) {
        if (!in_range(offset) || !in_range(length)) return Outcome::kFailed;
        out->append(substring(text, offset, length));
        return Outcome::kValue;
      });
}

Value left(const Call& call) {
  return map_text<Text, std::int64_t>(call, [](Text text, std::int64_t count, std::string* out) {
    if (count > kPositionMax) return Outcome::kFailed;
    const std::int64_t last = count >= 0 ? count : count_characters(text) + count;
    out->append(slice(text, 0, last));
    return Outcome::kValue;
  });
}
Value right(const Call& call) {
  return map_text<Text, std::int64_t>(call, [](Text text, std::int64_t count, std::string* out) {
    const std::int64_t all = count_characters(text);
    std::int64_t taken = 0;
    if (count >= 0) {
      taken = std::min(all, count);
    } else if (count != std::numeric_limits<std::int64_t>::min()) {
      taken = all - std::min(all, -count);
    }
    out->append(slice(text, all - taken, all));
    return Outcome::kValue;
  });
}

/// Unicode's category Zs, which plain trim() takes off: spaces, no tabs and no line ends.
bool is_space(std::int32_t code) {
  return code == 0x20 || code == 0xa0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200a) ||
         code == 0x202f || code == 0x205f || code == 0x3000;
}

enum class Ends : std::uint8_t { kLeft = 1, kRight = 2, kBoth = 3 };

template <Ends ends, class Ignored>
Text trim(Text text, Ignored&& ignored) {
  std::size_t begin = 0;
  if (ends != Ends::kRight) {
    while (begin < text.size()) {
      std::size_t next = begin;
      if (!ignored(next_character(text, &next))) break;
      begin = next;
    }
  }
  if (ends == Ends::kLeft) return text.substr(begin);
  std::size_t end = begin;
  for (std::size_t next = begin; next < text.size();) {
    if (!ignored(next_character(text, &next))) end = next;
  }
  return text.substr(begin, end - begin);
}

template <Ends ends>
Value trim_spaces(const Call& call) {
  return map_text<Text>(call, [](Text text, std::string* out) {
    out->append(trim<ends>(text, is_space));
    return Outcome::kValue;
  });
}

bool holds(Text set, std::int32_t code) {
  for (std::size_t at = 0; at < set.size();) {
    if (next_character(set, &at) == code) return true;
  }
  return false;
}

template <Ends ends>
Value trim_characters(const Call& call) {
  return map_text<Text, Text>(call, [](Text text, Text set, std::string* out) {
    out->append(trim<ends>(text, [set](std::int32_t code) { return holds(set, code); }));
    return Outcome::kValue;
  });
}

template <Ends ends>
void add_trim(AllowList& list, std::string_view name) {
  const TypeId text = TypeId::kVarchar;
  list.add({.name = name, .args = {text}, .result = text, .kernel = trim_spaces<ends>});
  list.add({.name = name, .args = {text, text}, .result = text, .kernel = trim_characters<ends>});
}

}  // namespace

void add_substrings(AllowList& list) {
  const TypeId text = TypeId::kVarchar;
  const TypeId number = TypeId::kBigInt;
  for (const std::string_view name : {"substring", "substr"}) {
    list.add({.name = name, .args = {text, number}, .result = text, .kernel = substring_to_end});
    list.add({.name = name, .args = {text, number, number}, .result = text, .kernel = substring_of_length});
  }
  list.add({.name = "left", .args = {text, number}, .result = text, .kernel = left});
  list.add({.name = "right", .args = {text, number}, .result = text, .kernel = right});
  add_trim<Ends::kBoth>(list, "trim");
  add_trim<Ends::kLeft>(list, "ltrim");
  add_trim<Ends::kRight>(list, "rtrim");
}

}  // namespace haul::expression
