#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/ingest/decoder.h"

namespace haul::ingest {

/// Rows of one read, owned. Rows are told apart by their line: each begins on a line of its own. Where rows
/// are no lines, it is the number of the row (JSON arrays, EPCIS, Parquet, Arrow) or of a segment (X12,
/// EDIFACT) instead.
struct SplitRows {
  std::vector<std::int32_t> ends;  ///< As RawRows.
  std::vector<std::byte> bytes;
  std::vector<std::uint64_t>
      lines;  ///< Line of each row in the file, from 1 (quoted CSV fields may span lines).
  /// Rows that cannot be passed on, with their line and size: they go to quarantine, cut to the limit below.
  /// They are too long, or the splitter says why not (a transaction whose trailer counts wrong).
  struct TooLong {
    std::uint64_t line = 0;
    std::uint64_t bytes = 0;  ///< Its whole length.
    std::string head;         ///< Its first bytes, as many as the limit allows.
    std::string rule = {};    ///< Empty: it is too long.
    std::string reason = {};  ///< Likewise.
  };
  std::vector<TooLong> too_long;
  std::uint64_t read_bytes =
      0;              ///< Bytes of the file (as it is, compressed or not) read so far, for progress.
  bool last = false;  ///< The file ends here.

  [[nodiscard]] RawRows view() const { return {ends, bytes}; }
};

/// The longest row that is taken, wherever it comes from.
inline constexpr std::uint32_t kRowBytesMax = 1U << 20;

struct SplitOptions {
  std::uint32_t chunk_bytes = 4U << 20;
  std::uint32_t row_bytes_max = kRowBytesMax;     ///< A longer row is TooLong; memory stays bounded by it.
  std::uint64_t expansion_max = 250;              ///< Of a compressed file: decompressed bytes per byte.
  std::uint64_t expanded_bytes_max = UINT64_MAX;  ///< Of a compressed file, decompressed.
};

/// The rule that a row breaks which is longer than rows may be.
inline constexpr const char* kRowTooLong = "decode.row_too_long";
/// Why such a row is in quarantine: its own reason, or "the row has 100000000 bytes; its first 1048576 are
/// kept".
[[nodiscard]] std::string too_long_reason(const SplitRows::TooLong& row);

/// Cuts a file into rows without decoding them: NDJSON by line end, CSV by RFC 4180 records (quotes span
/// lines), a JSON array by element, X12, EDIFACT and EPCIS by event, Parquet and Arrow IPC by row (each
/// written as JSON, with nothing lost). Text files that gzip or Zstandard compressed are read as what is in
/// them. An empty file, a file without a final line end, CRLF, a UTF-8 byte-order mark: all normal. A file
/// that ends inside a quoted field gives its last row as it is (the decoder rejects it). One thread.
class RowSplitter {
 public:
  /// Reads the header line at once (CSV). kInvalidInput: CSV without any line.
  static Result<std::unique_ptr<RowSplitter>> open(const ReadableFile& file, const FormatOptions& format,
                                                   SplitOptions options);
  virtual ~RowSplitter() = default;
  /// The CSV header as received, without its line end; empty for JSON.
  [[nodiscard]] virtual const std::string& header() const = 0;
  /// How each row is to be decoded: the file's format, but for formats of whole files.
  [[nodiscard]] virtual const FormatOptions& row_format() const = 0;
  /// The next rows; `last` is set on the final call. kInvalidInput: a compressed file is damaged, cut off or
  /// grows beyond the limits, an array is not one; the rows before it were given.  kUnavailable: I/O error.
  virtual Result<SplitRows> next() = 0;
};

}  // namespace haul::ingest
