#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/columnar/schema.h"

namespace haul::governance {

/// What a profile says of one column. Counts are exact, as are min, max and mean; `distinct` and the
/// quantiles are about (errors: ColumnProfile).
struct ColumnSummary {
  std::string name;
  std::uint64_t rows = 0;
  std::uint64_t nulls = 0;
  std::uint64_t not_finite = 0;  ///< NaN and infinities; they count in nothing below.
  std::optional<std::uint64_t> distinct = {};
  std::string min = {};  ///< As text; of strings the first 64 bytes. Empty: no value, or not kept.
  std::string max = {};
  std::optional<double> mean = {};  ///< Numbers; the share of true of booleans.
  /// At 0.05, 0.25, 0.5, 0.75, 0.95, of numbers and times (microseconds, days since 1970); empty: none.
  std::vector<double> quantiles = {};
};
inline constexpr double kQuantiles[] = {0.05, 0.25, 0.5, 0.75, 0.95};

/// The profile of one column of one batch, file or dataset: merging the profiles of parts gives the whole's,
/// in any order and grouping. Counts, min, max, mean and distinct do not depend on it at all; quantiles only
/// within their error. Nothing random: the same values in the same order give the same bytes. Error of
/// `distinct`: 1.6 % (standard). Rank error of a quantile: below 2 %. A personal column is counted (rows,
/// nulls) and nothing else; so are lists, structs and binaries. One thread. Memory: at most about 12 KiB.
/// Cost: bench/profile_bench.cc.
class ColumnProfile {
 public:
  explicit ColumnProfile(const columnar::Column& column);
  ~ColumnProfile();
  ColumnProfile(ColumnProfile&&) noexcept;
  ColumnProfile& operator=(ColumnProfile&&) noexcept;

  /// kInvalidInput: values of a kind other than the column's.
  Result<void> add(const arrow::Array& values);
  /// kInvalidInput: a profile of another kind of column.
  Result<void> merge(const ColumnProfile& other);
  [[nodiscard]] ColumnSummary summary() const;

  /// As bytes for system.profiles; the first byte is the version of the form.
  [[nodiscard]] std::string encode() const;
  /// kCorrupt: not what encode() gives for such a column.
  static Result<ColumnProfile> decode(const columnar::Column& column, std::string_view bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// One profile per column of a schema. One thread.
class Profile {
 public:
  explicit Profile(const columnar::Schema& schema);
  /// kInvalidInput: a column is missing or of another type; the profile is unusable then.
  Result<void> add(const arrow::RecordBatch& batch);
  [[nodiscard]] const std::vector<ColumnProfile>& columns() const { return columns_; }

 private:
  std::vector<std::string> names_;
  std::vector<ColumnProfile> columns_;
};

}  // namespace haul::governance
