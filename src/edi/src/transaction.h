#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/edi/interchange.h"
#include "haul/edi/interchange_reader.h"
#include "haul/edi/message.h"

namespace haul::edi {

/// Segments of a transaction, header and trailer included, as received. Keeps at most kTransactionBytesMax.
class Transaction {
 public:
  /// `first_segment`: number of its header in the file.
  explicit Transaction(std::uint64_t first_segment) : first_segment_(first_segment) {}

  /// `segment` with its terminator.
  void add(std::string_view segment);

  [[nodiscard]] std::uint64_t first_segment() const { return first_segment_; }
  [[nodiscard]] std::size_t segments() const { return count_; }  ///< All, also those that were not kept.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }   ///< Likewise.
  [[nodiscard]] bool is_too_long() const { return bytes_ > kTransactionBytesMax; }
  [[nodiscard]] const std::string& text() const { return text_; }  ///< Or its first segments.
  /// Segment `index` (from 0), with its terminator, of a transaction that is not too long.
  [[nodiscard]] std::string_view segment(std::size_t index) const {
    return std::string_view(text_).substr(begins_[index], begins_[index + 1] - begins_[index]);
  }

 private:
  std::uint64_t first_segment_;
  std::string text_;
  std::vector<std::size_t> begins_{0};
  std::size_t count_ = 0;
  std::uint64_t bytes_ = 0;
};

/// What breaks the message's requirements, at most 100 problems. `spec` may be nullptr: then nothing does.
std::vector<Problem> check_requirements(const MessageSpec* spec, const Syntax& syntax,
                                        const Transaction& transaction);

/// The transaction as rows, one per event, each `envelope` and its segments; the trailer is left out. Nothing
/// where a row would be longer than `row_bytes_max`, or all together out of proportion to the transaction.
std::optional<std::vector<Row>> cut_rows(const MessageSpec* spec, const Syntax& syntax,
                                         std::string_view envelope, const Transaction& transaction,
                                         std::uint32_t row_bytes_max);

}  // namespace haul::edi
