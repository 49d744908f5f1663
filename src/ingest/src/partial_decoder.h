#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "haul/base/result.h"
#include "haul/columnar/schema.h"
#include "haul/ingest/decoder.h"
#include "haul/ingest/landing.h"
#include "landing_rows.h"

namespace haul::ingest {

/// Decoded columns as JSON text: an object with the columns in order, null for null. Personal columns are
/// left out.
class DecodedText {
 public:
  explicit DecodedText(const columnar::Schema& schema);

  [[nodiscard]] std::string of(const arrow::RecordBatch& rows, std::int64_t row) const;

 private:
  std::vector<std::string> personal_;  // sorted
};

/// What a decoder gave, before rules took rows out: as in DecodedBatch.
struct DecodedRows {
  std::shared_ptr<arrow::RecordBatch> rows;
  std::vector<std::uint32_t> row_of;
};

/// Reads what can be read of rows that a decoder has rejected: the columns whose values are good, without the
/// ones whose are not. It decodes such rows again, once for each set of columns that failed. One thread.
class PartialDecoder {
 public:
  explicit PartialDecoder(columnar::Schema schema) : schema_(std::move(schema)), text_(schema_) {}

  /// Gives each rejection the JSON text of its good columns: those of `decoded` where a rule rejected the
  /// row. Where the decoder did (`undecoded`), a row that cannot be taken apart at all gets nothing, nor does
  /// one that no pass was left for.
  Result<void> add_decoded(const LandingBatch& batch, const std::vector<RejectedRow>& undecoded,
                           const DecodedRows& decoded, std::vector<Rejection>& rejections);

 private:
  /// Columns that failed -> places in `rejected`.
  using Failed = std::map<std::vector<std::string>, std::vector<std::size_t>>;

  Result<std::vector<std::optional<std::string>>> decode(const LandingBatch& batch,
                                                         const std::vector<RejectedRow>& rejected);
  Result<std::unique_ptr<Decoder>> decoder_without(const LandingBatch& batch,
                                                   const std::vector<std::string>& columns) const;

  const columnar::Schema schema_;
  const DecodedText text_;
};

}  // namespace haul::ingest
