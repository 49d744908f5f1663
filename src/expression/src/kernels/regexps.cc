// regexp_matches and regexp_full_match (also ~ and SIMILAR TO) with a constant pattern: RE2 in Arrow as in
// DuckDB, or the same answer without it. Refused is what depends on the version of Unicode's tables or on how
// the pattern is embedded: \p, \P and \Q.
#include <arrow/array/array_binary.h>
#include <arrow/array/builder_binary.h>
#include <arrow/compute/api_scalar.h>
#include <arrow/compute/exec.h>
#include <fmt/format.h>

#include "../allow_list.h"
#include "../row_loops.h"
#include "arrow_call.h"
#include "fixed_pattern.h"

namespace haul::expression {
namespace {

using Options = arrow::compute::MatchSubstringOptions;

auto refuse(std::string message) { return fail(ErrorCode::kInvalidInput, std::move(message)); }

Result<bool> ignores_case(std::span<const Value* const> args) {
  if (args.size() < 3) return false;
  if (args[2]->is_null(0)) return refuse("the options are NULL");
  bool ignore = false;
  for (const char option : Reader<std::string_view>(*args[2])[0]) {
    if (option != 'i' && option != 'c')
      return refuse(fmt::format("option '{}' is not one of 'i' and 'c'", option));
    ignore = option == 'i';
  }
  return ignore;
}

/// A backslash before `letter` that is not itself escaped.
bool uses_escape(std::string_view pattern, std::string_view letters) {
  for (std::size_t at = 0; at + 1 < pattern.size(); ++at) {
    if (pattern[at] != '\\') continue;
    if (letters.find(pattern[at + 1]) != std::string_view::npos) return true;
    ++at;
  }
  return false;
}

/// Arrow compiles the pattern when it runs: over one empty text here, so that a bad one is found now.
Result<void> check_pattern(const Options& options) {
  arrow::StringBuilder builder;
  if (!builder.Append("").ok()) return refuse("out of memory");
  const auto text = builder.Finish();
  if (!text.ok()) return refuse(text.status().ToString());
  const auto matched = arrow::compute::CallFunction("match_substring_regex", {*text}, &options);
  if (!matched.ok()) return refuse(matched.status().message());
  return {};
}

Result<std::shared_ptr<const Options>> make_options(std::span<const Value* const> args) {
  if (args[1]->is_null(0)) return refuse("the pattern is NULL");
  const std::string pattern{Reader<std::string_view>(*args[1])[0]};
  if (uses_escape(pattern, "pPQ"))
    return refuse("\\p, \\P and \\Q are not allowed in patterns; spell the characters out");
  HAUL_TRY(ignore_case, ignores_case(args));
  auto options = std::make_shared<const Options>(pattern, ignore_case);
  HAUL_TRY_VOID(check_pattern(*options));
  return options;
}

/// A pattern ready to be searched for: by its bytes where it is that simple, else by RE2.
struct Search {
  Options options;
  std::optional<FixedPattern> fixed;
};

std::shared_ptr<const void> make_search(Options options) {
  auto fixed = options.ignore_case ? std::nullopt : FixedPattern::of(options.pattern);
  return std::make_shared<const Search>(Search{std::move(options), fixed});
}

Result<std::shared_ptr<const void>> prepare_search(std::span<const Value* const> args) {
  HAUL_TRY(options, make_options(args));
  return make_search(*options);
}

Result<std::shared_ptr<const void>> prepare_full(std::span<const Value* const> args) {
  HAUL_TRY(options, make_options(args));
  const Options whole("\\A(?:" + options->pattern + ")\\z", options->ignore_case);
  HAUL_TRY_VOID(check_pattern(whole));
  return make_search(whole);
}

Value search(const Call& call) {
  const Call text_only{.type = call.type, .args = call.args.first(1), .rows = call.rows};
  const auto& search = *static_cast<const Search*>(call.prepared);
  if (search.fixed && !call.args[0].constant) {
    return map_all<bool, std::string_view>(
        text_only, [&fixed = *search.fixed](std::string_view text) { return fixed.matches(text); });
  }
  return call_arrow("match_substring_regex", text_only, &search.options);
}

}  // namespace

void add_regexps(AllowList& list) {
  const TypeId text = TypeId::kVarchar;
  const auto add = [&](std::string_view name, Prepare prepare) {
    list.add({.name = name, .args = {text, text}, .kernel = search, .prepare = prepare, .constants = 2});
    list.add(
        {.name = name, .args = {text, text, text}, .kernel = search, .prepare = prepare, .constants = 6});
  };
  add("regexp_matches", prepare_search);
  add("regexp_full_match", prepare_full);
}

}  // namespace haul::expression
