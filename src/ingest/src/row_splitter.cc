#include "haul/ingest/row_splitter.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "byte_stream.h"
#include "columnar_splitter.h"
#include "edi_splitter.h"
#include "epcis_splitter.h"
#include "haul/base/check.h"
#include "json_array_splitter.h"
#include "record_collector.h"
#include "record_scanner.h"

namespace haul::ingest {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// NDJSON and CSV.
class LineSplitter final : public RowSplitter {
 public:
  LineSplitter(std::unique_ptr<ByteStream> stream, const FormatOptions& format, SplitOptions options)
      : stream_(std::move(stream)),
        format_(format),
        options_(options),
        scanner_(format),
        wants_header_(format.format == Format::kCsv),
        record_(options.row_bytes_max) {}

  Result<void> start() {
    lead_.resize(kByteOrderMark.size());
    HAUL_TRY(bytes, stream_->read(std::as_writable_bytes(std::span(lead_))));
    lead_.resize(bytes);
    if (lead_ == kByteOrderMark) lead_.clear();
    while (wants_header_) {
      HAUL_TRY(rows, read_chunk());
      if (long_header_bytes_ > 0) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("the CSV header has {} bytes, more than the {} of a row", long_header_bytes_,
                                options_.row_bytes_max));
      }
      if (wants_header_ && rows.last) return fail(ErrorCode::kInvalidInput, "a CSV file without any line");
      ahead_ = std::move(rows);
    }
    return {};
  }

  [[nodiscard]] const std::string& header() const override { return header_; }
  [[nodiscard]] const FormatOptions& row_format() const override { return format_; }

  Result<SplitRows> next() override {
    if (!ahead_) return read_chunk();
    SplitRows rows = std::move(*ahead_);
    ahead_.reset();
    return rows;
  }

 private:
  Result<SplitRows> read_chunk() {
    SplitRows rows;
    rows.ends.push_back(0);
    rows.ends.reserve(rows_before_ + rows_before_ / 8);
    rows.lines.reserve(rows_before_ + rows_before_ / 8);
    const std::size_t led = lead_.size();
    chunk_.resize(led + options_.chunk_bytes);  // keeps its memory, and what it holds, from read to read
    std::copy(lead_.begin(), lead_.end(), chunk_.begin());
    lead_.clear();
    HAUL_TRY(bytes, stream_->read(std::as_writable_bytes(std::span(chunk_).subspan(led))));
    rows.bytes.reserve(led + bytes);
    std::string_view text(chunk_.data(), led + bytes);
    while (!text.empty()) {
      const std::size_t end = scanner_.find_end(text);
      if (end == std::string_view::npos) {
        record_.hold(text);
        break;
      }
      end_record(text.substr(0, end), rows);
      line_ += 1 + scanner_.inner_lines();
      text.remove_prefix(end + 1);
    }
    rows.last = stream_->at_end();
    if (rows.last) end_record({}, rows);
    rows_before_ = rows.lines.size();
    rows.read_bytes = stream_->file_bytes();
    return rows;
  }

  void end_record(std::string_view piece, SplitRows& rows) {
    RecordCollector::Record record = record_.end(piece);
    if (long_header_bytes_ > 0) return;  // the file is refused
    if (record.is_too_long() && wants_header_) {
      long_header_bytes_ = record.bytes;
      return;
    }
    if (!record.is_too_long() && record.text.ends_with('\r')) {
      record.text.remove_suffix(1);
      --record.bytes;
    }
    if (record.text.empty()) return;
    if (wants_header_) {
      wants_header_ = false;
      header_ = record.text;
      return;
    }
    add_record(record, line_, rows);
  }

  std::unique_ptr<ByteStream> stream_;
  const FormatOptions format_;
  const SplitOptions options_;
  RecordScanner scanner_;
  bool wants_header_;
  std::string header_;
  std::uint64_t long_header_bytes_ = 0;  // of a header past the limit
  std::uint64_t line_ = 1;
  std::string lead_;  // the first bytes of the file, where they are no byte-order mark
  std::string chunk_;
  std::size_t rows_before_ = 0;  // of the read before
  RecordCollector record_;
  std::optional<SplitRows> ahead_;  // rows that came with the header
};

}  // namespace

std::string too_long_reason(const SplitRows::TooLong& row) {
  if (!row.reason.empty()) return row.reason;
  return fmt::format("the row has {} bytes; its first {} are kept", row.bytes, row.head.size());
}

Result<std::unique_ptr<RowSplitter>> RowSplitter::open(const ReadableFile& file, const FormatOptions& format,
                                                       SplitOptions options) {
  HAUL_CHECK(options.chunk_bytes > 0 && options.row_bytes_max > 0, "a file is read in chunks of some size");
  HAUL_CHECK(options.chunk_bytes <= std::numeric_limits<std::int32_t>::max() / 2,
             "chunks have 32-bit offsets");
  if (format.format == Format::kParquet || format.format == Format::kArrow) {
    return open_columnar_splitter(file, format, options);
  }
  HAUL_TRY(stream, open_byte_stream(file, {options.expansion_max, options.expanded_bytes_max}));
  if (format.format == Format::kX12 || format.format == Format::kEdifact) {
    return std::make_unique<EdiSplitter>(std::move(stream), format, options);
  }
  if (format.format == Format::kEpcis) {
    return std::make_unique<EpcisSplitter>(std::move(stream), format, options);
  }
  if (format.format == Format::kJson) {
    return std::make_unique<JsonArraySplitter>(std::move(stream), format, options);
  }
  auto splitter = std::make_unique<LineSplitter>(std::move(stream), format, options);
  HAUL_TRY_VOID(splitter->start());
  return std::unique_ptr<RowSplitter>(std::move(splitter));
}

}  // namespace haul::ingest
