#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "haul/edi/interchange.h"

namespace haul::edi {

/// A longer transaction is refused whole; memory is bounded by it, not by the file.
inline constexpr std::size_t kTransactionBytesMax = 4U << 20U;
/// A longer segment ends the interchange: its terminator is lost.
inline constexpr std::size_t kSegmentBytesMax = 1U << 20U;

struct ReaderOptions {
  Standard standard = Standard::kX12;
  /// The kind of transaction that is wanted, e.g. "214"; others are refused. Empty: all are taken.
  std::string message = {};
  std::uint32_t row_bytes_max = 1U << 20U;
};

/// One event with all that decoding it needs: the headers of its interchange and group, its transaction's
/// header, the segments that all events of the transaction share, its own. As received; padding between
/// segments and the trailers are left out.
struct Row {
  std::uint64_t segment = 0;  ///< Number in the file, from 1, of the segment that the event stands for.
  std::string bytes = {};
};

/// Bytes that cannot be decoded, and why.
struct Refusal {
  std::uint64_t segment = 0;  ///< Number of the first segment that is meant.
  std::string rule;           ///< "decode.x12.SE01".
  std::string reason;
  std::string head = {};    ///< Envelope and segments, cut to `row_bytes_max`.
  std::uint64_t bytes = 0;  ///< The whole length.
};

/// What came out of some bytes. `rows` and `refusals` ascend by segment, and no two have the same one.
struct ReaderOutput {
  std::vector<Row> rows = {};
  std::vector<Refusal> refusals = {};
  std::vector<InterchangeReport> ended = {};  ///< Interchanges that ended.
};

/// Reads a file of interchanges that comes in pieces, however it is cut. Nothing is lost: every segment is in
/// a row, in a refusal, or a trailer that agrees with what it closes. A transaction with a fault of structure
/// is one refusal, and its neighbours are rows; a group or interchange with a fault in its trailer gives a
/// refusal of its own. Takes any bytes. One thread. Memory: one transaction, and about 100 bytes for each
/// transaction of the open interchange.
class InterchangeReader {
 public:
  explicit InterchangeReader(ReaderOptions options);
  ~InterchangeReader();
  InterchangeReader(InterchangeReader&&) noexcept;
  InterchangeReader& operator=(InterchangeReader&&) noexcept;

  [[nodiscard]] ReaderOutput feed(std::string_view bytes);
  /// The file ends here: what is open is closed, with what it lacks as faults. Use once.
  [[nodiscard]] ReaderOutput finish();

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace haul::edi
