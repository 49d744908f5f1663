#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "haul/base/result.h"
#include "haul/contract/contract.h"
#include "haul/ingest/landing.h"

namespace haul::ingest {

/// The rows of a batch as bronze keeps them: the payload column is a view into the batch's storage, not a
/// copy.
Result<std::shared_ptr<arrow::RecordBatch>> bronze_rows(const LandingBatch& batch, std::string_view source);

/// Everything that was wrong with one raw row.
struct Rejection {
  std::uint32_t row = 0;
  std::vector<std::string> rules;
  std::string reason;
};

/// One entry per rejected row, ascending, from the decoder's and the validator's findings (each ascending by
/// row).
std::vector<Rejection> merge_rejections(const std::vector<RejectedRow>& decoder,
                                        const std::vector<RejectedRow>& rules);

/// The rejected rows of a batch as quarantine keeps them, original bytes included.
Result<std::shared_ptr<arrow::RecordBatch>> quarantine_rows(const LandingBatch& batch,
                                                            std::string_view source,
                                                            const contract::Contract& contract,
                                                            const std::vector<Rejection>& rejections);

/// Valid rows with their place in the source: `row_of` says which raw row each came from.
Result<std::shared_ptr<arrow::RecordBatch>> silver_rows(const LandingBatch& batch,
                                                        const std::shared_ptr<arrow::RecordBatch>& rows,
                                                        const std::vector<std::uint32_t>& row_of,
                                                        const std::shared_ptr<arrow::Schema>& schema);

}  // namespace haul::ingest
