#include "allow_list.h"

#include <fmt/format.h>

#include <algorithm>

namespace haul::expression {
namespace {

bool takes(const Signature& signature, std::span<const SqlType> args) {
  if (args.size() < signature.args.size() || (args.size() > signature.args.size() && !signature.variadic))
    return false;
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (signature.args[std::min(i, signature.args.size() - 1)] != args[i].id) return false;
  }
  return true;
}

}  // namespace

AllowList::AllowList() {
  for (const auto add_family :
       {add_comparisons, add_logic, add_arithmetic, add_decimals, add_math, add_rounding, add_choices,
        add_strings, add_substrings, add_patterns, add_regexps, add_dates, add_date_parts, add_intervals,
        add_numeric_casts, add_text_casts, add_format_casts, add_time_casts}) {
    add_family(*this);
  }
}

const AllowList& AllowList::instance() {
  static const AllowList list;
  return list;
}

void AllowList::add(Signature signature) { functions_.emplace(signature.name, std::move(signature)); }

void AllowList::add_cast(TypeId from, TypeId to, Kernel kernel, CastInput input) {
  casts_[{from, to}] = {kernel, input};
}

const Signature* AllowList::find(std::string_view name, std::span<const SqlType> args, SqlType result) const {
  const auto [first, last] = functions_.equal_range(name);
  for (auto it = first; it != last; ++it) {
    if (it->second.result == result.id && takes(it->second, args)) return &it->second;
  }
  return nullptr;
}

const Cast* AllowList::find_cast(TypeId from, TypeId to) const {
  const auto found = casts_.find({from, to});
  return found == casts_.end() ? nullptr : &found->second;
}

std::vector<std::string> AllowList::signatures(std::string_view name) const {
  std::vector<std::string> all;
  const auto [first, last] = functions_.equal_range(name);
  for (auto it = first; it != last; ++it) {
    std::string args;
    for (const TypeId id : it->second.args)
      args += fmt::format("{}{}", args.empty() ? "" : ", ", to_string(id));
    if (it->second.variadic) args += ", ...";
    all.push_back(fmt::format("{}({})", name, args));
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::vector<std::string_view> AllowList::names() const {
  std::vector<std::string_view> all;
  for (const auto& [name, signature] : functions_) {
    if (all.empty() || all.back() != name) all.push_back(name);
  }
  return all;
}

}  // namespace haul::expression
