#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "haul/base/rng.h"

namespace haul::adapters::duckdb {

/// Kinds of SQL value that the generator makes expressions of.
enum class Kind : std::uint8_t { kBoolean, kInteger, kFloat, kDecimal, kText, kDate, kTimestamp, kInstant };

/// Random SQL expressions over the columns of the sample: the operators and functions that expressions allow,
/// mixed by kind, with literals at the limits. The same seed gives the same expressions.
class ExpressionGenerator {
 public:
  explicit ExpressionGenerator(std::uint64_t seed) : random_(seed) {}

  /// `depth` 0: a column or a literal.
  std::string make(Kind kind, int depth);
  Kind any_kind() { return static_cast<Kind>(below(random_, 8)); }

 private:
  std::string leaf(Kind kind);
  std::string boolean(int depth);
  std::string comparison(int depth);
  std::string text_test(int depth);
  std::string integer(int depth);
  std::string floating(int depth);
  std::string decimal(int depth);
  std::string text(int depth);
  std::string date(int depth);
  std::string time(Kind kind, int depth);
  std::string interval();
  /// What every kind has: CASE, coalesce, nullif, greatest, TRY and the like.
  std::string choice(Kind kind, int depth);
  std::string pick(const std::vector<std::string>& options);
  /// `form` with every "%b %i %f %c %s %d %t %z %v" replaced by a made expression of that kind (%v an
  /// interval).
  std::string fill(const std::string& form, int depth);

  SeededRng random_;
};

}  // namespace haul::adapters::duckdb
