// LIKE and ILIKE with their negations and escapes. A constant pattern of literal parts between % is matched
// part by part; others by backtracking. Both give what DuckDB's matcher gives, which advances over % byte by
// byte.
#include <cstring>
#include <vector>

#include "../allow_list.h"
#include "../row_loops.h"
#include "letter_case.h"
#include "utf8.h"

namespace haul::expression {
namespace {

using Text = std::string_view;

/// kBadPattern: the pattern ends with its escape character.
enum class Match : std::uint8_t { kNo, kYes, kBadPattern };

constexpr int kNoEscape = -1;

Match match_like(Text text, Text pattern, int escape) {
  std::size_t at = 0;
  std::size_t p = 0;
  for (; p < pattern.size() && at < text.size(); ++p) {
    if (escape != kNoEscape && pattern[p] == static_cast<char>(escape)) {
      if (++p == pattern.size()) return Match::kBadPattern;
      if (pattern[p] != text[at]) return Match::kNo;
      ++at;
    } else if (pattern[p] == '_') {
      ++at;
      while (at < text.size() && !starts_character(text[at])) ++at;
    } else if (pattern[p] == '%') {
      while (p < pattern.size() && pattern[p] == '%') ++p;
      if (p == pattern.size()) return Match::kYes;
      for (; at < text.size(); ++at) {
        const Match rest = match_like(text.substr(at), pattern.substr(p), escape);
        if (rest != Match::kNo) return rest;
      }
      return Match::kNo;
    } else if (pattern[p] == text[at]) {
      ++at;
    } else {
      return Match::kNo;
    }
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size() && at == text.size() ? Match::kYes : Match::kNo;
}

/// A pattern without _ : literal parts between %.
struct Parts {
  std::vector<std::string> parts;
  bool open_start = false;
  bool open_end = false;
};

std::shared_ptr<const Parts> split_pattern(Text pattern) {
  if (pattern.empty() || pattern.find_first_of(Text("_\0", 2)) != Text::npos) return nullptr;
  auto split = std::make_shared<Parts>();
  split->open_start = pattern.front() == '%';
  split->open_end = pattern.back() == '%';
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t end = std::min(pattern.find('%', at), pattern.size());
    if (end > at) split->parts.emplace_back(pattern.substr(at, end - at));
    at = end + 1;
  }
  return split->parts.empty() ? nullptr : split;
}

bool match_parts(Text text, const Parts& pattern) {
  std::size_t first = 0;
  std::size_t last = pattern.parts.size();
  if (!pattern.open_start) {
    if (!text.starts_with(pattern.parts[0])) return false;
    text.remove_prefix(pattern.parts[0].size());
    first = 1;
    if (last == 1) return pattern.open_end || text.empty();
  }
  if (!pattern.open_end) {
    --last;
    if (!text.ends_with(pattern.parts[last])) return false;
    text.remove_suffix(pattern.parts[last].size());
  }
  for (std::size_t i = first; i < last; ++i) {
    const std::size_t found = text.find(pattern.parts[i]);
    if (found == Text::npos) return false;
    text.remove_prefix(found + pattern.parts[i].size());
  }
  return true;
}

Result<std::shared_ptr<const void>> prepare_pattern(std::span<const Value* const> args) {
  if (args[1] == nullptr) return std::shared_ptr<const void>();
  if (args[1]->is_null(0)) return fail(ErrorCode::kInvalidInput, "the pattern is NULL");
  return std::shared_ptr<const void>(split_pattern(Reader<Text>(*args[1])[0]));
}

Outcome outcome_of(Match match, bool negated, bool* out) {
  if (match == Match::kBadPattern) return Outcome::kFailed;
  *out = (match == Match::kYes) != negated;
  return Outcome::kValue;
}

template <bool negated>
Value like(const Call& call) {
  if (call.prepared != nullptr) {
    const auto& parts = *static_cast<const Parts*>(call.prepared);
    const Call text_only{.type = call.type, .args = call.args.first(1), .rows = call.rows};
    return map_rows<bool, Text>(text_only, [&](Text text, bool* out) {
      *out = match_parts(text, parts) != negated;
      return Outcome::kValue;
    });
  }
  return map_rows<bool, Text, Text>(call, [](Text text, Text pattern, bool* out) {
    return outcome_of(match_like(text, pattern, kNoEscape), negated, out);
  });
}

/// An empty escape stands for the NUL character, as in DuckDB.
int escape_of(Text escape) { return escape.empty() ? 0 : static_cast<unsigned char>(escape[0]); }

template <bool negated>
Value like_escape(const Call& call) {
  return map_rows<bool, Text, Text, Text>(call, [](Text text, Text pattern, Text escape, bool* out) {
    if (escape.size() > 1) return Outcome::kFailed;
    return outcome_of(match_like(text, pattern, escape_of(escape)), negated, out);
  });
}

template <bool negated>
Value ilike(const Call& call) {
  std::string text_lower;
  std::string pattern_lower;
  return map_rows<bool, Text, Text>(call, [&](Text text, Text pattern, bool* out) {
    text_lower.clear();
    pattern_lower.clear();
    append_lower(text, &text_lower);
    append_lower(pattern, &pattern_lower);
    return outcome_of(match_like(text_lower, pattern_lower, 0), negated, out);
  });
}

template <bool negated>
Value ilike_escape(const Call& call) {
  std::string text_lower;
  std::string pattern_lower;
  return map_rows<bool, Text, Text, Text>(call, [&](Text text, Text pattern, Text escape, bool* out) {
    if (escape.size() > 1) return Outcome::kFailed;
    text_lower.clear();
    pattern_lower.clear();
    append_lower(text, &text_lower);
    append_lower(pattern, &pattern_lower);
    return outcome_of(match_like(text_lower, pattern_lower, escape_of(escape)), negated, out);
  });
}

}  // namespace

void add_patterns(AllowList& list) {
  const std::vector<TypeId> two{TypeId::kVarchar, TypeId::kVarchar};
  const std::vector<TypeId> three{TypeId::kVarchar, TypeId::kVarchar, TypeId::kVarchar};
  list.add({.name = "~~", .args = two, .kernel = like<false>, .prepare = prepare_pattern});
  list.add({.name = "!~~", .args = two, .kernel = like<true>, .prepare = prepare_pattern});
  list.add({.name = "~~*", .args = two, .kernel = ilike<false>});
  list.add({.name = "!~~*", .args = two, .kernel = ilike<true>});
  list.add({.name = "like_escape", .args = three, .kernel = like_escape<false>});
  list.add({.name = "not_like_escape", .args = three, .kernel = like_escape<true>});
  list.add({.name = "ilike_escape", .args = three, .kernel = ilike_escape<false>});
  list.add({.name = "not_ilike_escape", .args = three, .kernel = ilike_escape<true>});
}

}  // namespace haul::expression
