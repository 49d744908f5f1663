#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/governance/quality.h"
#include "haul/lake/table.h"

namespace haul::governance {

/// The number that `app_id` has reached in system.NAME; nothing where there is none, or no table.
Result<std::optional<std::int64_t>> reached(const GovernanceContext& context, std::string_view name,
                                            const std::string& app_id);

/// Adds one batch of rows in a commit that makes `moves`; the table is made where it is missing. False: such
/// a move was made before by another, and nothing was added.
Result<bool> append_rows(const GovernanceContext& context, std::string_view name,
                         const columnar::Schema& schema, const arrow::RecordBatch& rows,
                         std::vector<lake::OffsetMove> moves);

/// A query over datasets at their newest versions. Null: one of them is not there.
Result<std::shared_ptr<arrow::Table>> query_datasets(const GovernanceContext& context, std::string sql,
                                                     const std::vector<std::string>& datasets);

/// One cell of a small result; nothing where it is null.
[[nodiscard]] std::string text_at(const arrow::Table& table, int column, std::int64_t row);
[[nodiscard]] std::optional<std::int64_t> integer_at(const arrow::Table& table, int column, std::int64_t row);
[[nodiscard]] std::optional<double> number_at(const arrow::Table& table, int column, std::int64_t row);

}  // namespace haul::governance
