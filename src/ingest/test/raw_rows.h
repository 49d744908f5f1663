#pragma once

#include <arrow/api.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "haul/ingest/decoder.h"

namespace haul::ingest {

/// Rows for a test, kept exactly as long as they are: a read past the end is found by AddressSanitizer.
class TestRows {
 public:
  explicit TestRows(const std::vector<std::string>& rows) {
    std::string text;
    for (const std::string& row : rows) {
      text += row;
      ends_.push_back(static_cast<std::int32_t>(text.size()));
    }
    const auto bytes = std::as_bytes(std::span(text));
    bytes_.assign(bytes.begin(), bytes.end());
  }
  [[nodiscard]] RawRows view() const { return {ends_, bytes_}; }

 private:
  std::vector<std::int32_t> ends_ = {0};
  std::vector<std::byte> bytes_;
};

/// Decodes `rows` with `decoder`; the batch is checked to be a valid Arrow one that accounts for every row.
inline DecodedBatch decoded(Decoder& decoder, const std::vector<std::string>& rows) {
  const TestRows raw(rows);
  auto batch = decoder.decode(raw.view());
  EXPECT_TRUE(batch) << batch.error().message;
  if (!batch) return {};
  const auto valid = batch->rows->ValidateFull();
  EXPECT_TRUE(valid.ok()) << valid.ToString();
  EXPECT_EQ(static_cast<std::size_t>(batch->rows->num_rows()), batch->row_of.size());
  EXPECT_EQ(batch->row_of.size() + batch->rejected.size(), rows.size());
  return std::move(*batch);
}

/// Value `row` of column `name` as text; "null" for null.
inline std::string cell(const DecodedBatch& batch, const std::string& name, std::int64_t row) {
  const auto column = batch.rows->GetColumnByName(name);
  return column == nullptr ? "no such column" : column->GetScalar(row).ValueOrDie()->ToString();
}

/// "rule: reason" of each rejected row, one a line.
inline std::string rejections(const DecodedBatch& batch) {
  std::string text;
  for (const RejectedRow& row : batch.rejected) {
    text += std::to_string(row.row) + " " + row.rule + ": " + row.reason + "\n";
  }
  return text;
}

}  // namespace haul::ingest
