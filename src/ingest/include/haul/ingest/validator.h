#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "haul/base/result.h"
#include "haul/contract/contract.h"
#include "haul/expression/sql_parser.h"
#include "haul/ingest/decoder.h"

namespace haul::ingest {

/// How many rows a rule looked at, and how many broke it.
struct RuleCount {
  std::uint64_t checked = 0;
  std::uint64_t failed = 0;
};

/// The good rows of a batch and what was wrong with the others.
struct ValidatedBatch {
  std::shared_ptr<arrow::RecordBatch> rows;  ///< Valid rows, in order; schema of the contract.
  std::vector<std::uint32_t> row_of;         ///< As DecodedBatch.
  std::vector<RejectedRow>
      rejected;          ///< Broke a rule of severity error or block; several entries per row possible,
                         ///< ascending by row. Does not repeat the decoder's rejections.
  bool blocked = false;  ///< A rule of severity block failed: the batch must not be published.
};

/// What the rules say of a batch.
struct RuleFindings {
  std::vector<RejectedRow> rejected;  ///< As ValidatedBatch.
  /// Broke a rule of severity info or warning: of each such rule the first kNotedMax rows since the validator
  /// was made, ascending by rule and row.
  std::vector<RejectedRow> noted;
  bool blocked = false;  ///< As ValidatedBatch.
};
inline constexpr std::size_t kNotedMax = 5;

/// The row rules of one contract object, compiled. One thread at a time.
class Validator {
 public:
  /// kInvalidInput: a rule's expression is refused (with the rule's place in the contract file).
  static Result<std::unique_ptr<Validator>> make(const contract::Object& object,
                                                 const expression::SqlParser& parser);
  virtual ~Validator() = default;
  virtual Result<ValidatedBatch> validate(DecodedBatch batch) = 0;
  /// What validate() finds, without taking the valid rows out.
  virtual Result<RuleFindings> find(const DecodedBatch& batch) = 0;
  /// Since it was made, by rule id; every row rule is in it.
  [[nodiscard]] virtual const std::map<std::string, RuleCount>& counts() const = 0;
};

/// The values of a row for a reason: "`carrier` is `UA`, `driver` is not shown" (it is personal).
[[nodiscard]] std::string describe_values(const columnar::Schema& schema,
                                          const std::vector<std::string>& columns,
                                          const arrow::RecordBatch& rows, std::int64_t row);

}  // namespace haul::ingest
