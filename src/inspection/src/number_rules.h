#pragma once

#include <vector>

#include "haul/inspection/file_check.h"

namespace haul::inspection {

/// Whether a rule is one number over the good rows that needs SQL. (The row count does not: it is known.)
[[nodiscard]] bool needs_sql(const contract::SetRule& rule);

/// The numbers of an object's rules over its good rows.
class NumberRules {
 public:
  /// `good` is the Parquet file of the good rows, empty where no rule needs SQL. All must outlive it.
  NumberRules(const CheckContext& context, const FileCheck& check, const contract::Object& object, Path good,
              std::uint64_t good_rows)
      : context_(context), check_(check), object_(object), good_(std::move(good)), good_rows_(good_rows) {}
  ~NumberRules();
  NumberRules(const NumberRules&) = delete;
  NumberRules& operator=(const NumberRules&) = delete;

  /// One rule's outcome. A rule that reads what is not there is not run, and says so. kUnavailable: the
  /// engine or a file failed.
  Result<RuleOutcome> outcome(const contract::SetRule& rule);

 private:
  Result<void> query(const contract::SetRule& rule, RuleOutcome& outcome);
  Result<void> add_references(const contract::SetRule& rule, std::vector<query::Scan>& scans);
  Result<Path> staged(const ReferenceFile& reference);

  const CheckContext& context_;
  const FileCheck& check_;
  const contract::Object& object_;
  const Path good_;
  const std::uint64_t good_rows_;
  std::vector<std::pair<const ReferenceFile*, Path>> staged_;  // references as Parquet files
};

}  // namespace haul::inspection
