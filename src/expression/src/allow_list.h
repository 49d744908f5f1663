#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "value.h"

namespace haul::expression {

/// Makes what a kernel needs from its constant arguments (a compiled pattern, a date part), once per
/// expression. `args[i]` is null where the argument is not constant. kInvalidInput: the constant cannot be
/// used; the message goes into the refusal. A null result is fine.
using Prepare = Result<std::shared_ptr<const void>> (*)(std::span<const Value* const> args);

/// One allowed (function, argument types): what the kernel computes is what DuckDB computes.
struct Signature {
  std::string_view name;  ///< As DuckDB's binder calls it.
  std::vector<TypeId> args{};
  TypeId result = TypeId::kBoolean;
  Kernel kernel = nullptr;
  Prepare prepare = nullptr;
  std::uint8_t constants = 0;  ///< Bit i: argument i must be constant.
  bool variadic = false;       ///< The last argument may repeat.
};

/// Whether a cast runs over columns, or only over a constant while the expression is compiled.
enum class CastInput : std::uint8_t { kAny, kConstant };

struct Cast {
  Kernel kernel = nullptr;
  CastInput input = CastInput::kAny;
};

/// The (function, types) and (from, to) casts that compile() accepts. Built once; immutable afterwards.
class AllowList {
 public:
  static const AllowList& instance();

  void add(Signature signature);
  void add_cast(TypeId from, TypeId to, Kernel kernel, CastInput input = CastInput::kAny);

  /// Null where the function does not take these types.
  [[nodiscard]] const Signature* find(std::string_view name, std::span<const SqlType> args,
                                      SqlType result) const;
  /// Null where there is no such cast.
  [[nodiscard]] const Cast* find_cast(TypeId from, TypeId to) const;
  /// Every signature of `name`, "date_trunc(VARCHAR, DATE)"; empty: no such function.
  [[nodiscard]] std::vector<std::string> signatures(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> names() const;
  [[nodiscard]] const std::map<std::pair<TypeId, TypeId>, Cast>& casts() const { return casts_; }

 private:
  AllowList();
  std::multimap<std::string_view, Signature> functions_;
  std::map<std::pair<TypeId, TypeId>, Cast> casts_;
};

/// What each family of kernels allows.
void add_comparisons(AllowList& list);
void add_logic(AllowList& list);
void add_arithmetic(AllowList& list);
void add_decimals(AllowList& list);
void add_math(AllowList& list);
void add_rounding(AllowList& list);
void add_choices(AllowList& list);
void add_strings(AllowList& list);
void add_substrings(AllowList& list);
void add_patterns(AllowList& list);
void add_regexps(AllowList& list);
void add_dates(AllowList& list);
void add_date_parts(AllowList& list);
void add_intervals(AllowList& list);
void add_numeric_casts(AllowList& list);
void add_text_casts(AllowList& list);
void add_format_casts(AllowList& list);
void add_time_casts(AllowList& list);

}  // namespace haul::expression
