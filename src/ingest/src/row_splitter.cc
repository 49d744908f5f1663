#include "haul/ingest/row_splitter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "haul/base/check.h"
#include "record_scanner.h"

namespace haul::ingest {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class FileSplitter final : public RowSplitter {
 public:
  FileSplitter(const ReadableFile& file, const FormatOptions& format, SplitOptions options)
      : file_(file), options_(options), scanner_(format), wants_header_(format.format == Format::kCsv) {
    HAUL_CHECK(options.chunk_bytes > 0 && options.row_bytes_max > 0, "a file is read in chunks of some size");
    HAUL_CHECK(options.chunk_bytes <= std::numeric_limits<std::int32_t>::max() / 2,
               "chunks have 32-bit offsets");
  }

  Result<void> start() {
    std::array<std::byte, kByteOrderMark.size()> first{};
    HAUL_TRY(bytes, file_.read_at(0, first));
    const std::string_view text(reinterpret_cast<const char*>(first.data()), bytes);
    if (text == kByteOrderMark) offset_ = kByteOrderMark.size();
    if (!wants_header_) return {};
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
    chunk_.resize(options_.chunk_bytes);
    HAUL_TRY(bytes, file_.read_at(offset_, std::as_writable_bytes(std::span(chunk_))));
    offset_ += bytes;
    rows.bytes.reserve(begun_.size() + bytes);
    std::string_view text(chunk_.data(), bytes);
    while (!text.empty()) {
      const std::size_t end = scanner_.find_end(text);
      if (end == std::string_view::npos) {
        hold(text);
        break;
      }
      end_record(text.substr(0, end), rows);
      line_ += 1 + scanner_.inner_lines();
      text.remove_prefix(end + 1);
    }
    rows.last = bytes == 0 || offset_ >= file_.size();
    if (rows.last) end_record({}, rows);
    rows.read_bytes = offset_;
    return rows;
  }

  /// Keeps the beginning of a record that goes on in the next chunk, up to the limit.
  void hold(std::string_view piece) {
    begun_bytes_ += piece.size();
    const std::size_t room = std::min<std::size_t>(options_.row_bytes_max - begun_.size(), piece.size());
    begun_.append(piece.substr(0, room));
  }

  void end_record(std::string_view piece, SplitRows& rows) {
    if (begun_bytes_ == 0 && piece.size() <= options_.row_bytes_max) {
      emit(piece, rows);
      return;
    }
    hold(piece);
    if (begun_bytes_ > options_.row_bytes_max && wants_header_) {
      long_header_bytes_ = begun_bytes_;
    } else if (begun_bytes_ > options_.row_bytes_max) {
      rows.too_long.push_back({.line = line_, .bytes = begun_bytes_, .head = begun_});
    } else {
      emit(begun_, rows);
    }
    begun_.clear();
    begun_bytes_ = 0;
  }

  void emit(std::string_view record, SplitRows& rows) {
    if (long_header_bytes_ > 0) return;  // the file is refused
    if (record.ends_with('\r')) record.remove_suffix(1);
    if (record.empty()) return;
    if (wants_header_) {
      wants_header_ = false;
      header_ = record;
      return;
    }
    const auto bytes = as_bytes(record);
    rows.bytes.insert(rows.bytes.end(), bytes.begin(), bytes.end());
    rows.ends.push_back(static_cast<std::int32_t>(rows.bytes.size()));
    rows.lines.push_back(line_);
  }

  const ReadableFile& file_;
  const SplitOptions options_;
  RecordScanner scanner_;
  bool wants_header_;
  std::string header_;
  std::uint64_t long_header_bytes_ = 0;  // of a header past the limit
  std::uint64_t offset_ = 0;
  std::uint64_t line_ = 1;
  std::string chunk_;
  std::string begun_;               // the record that the chunks so far did not end, cut to the limit
  std::uint64_t begun_bytes_ = 0;   // its length so far
  std::optional<SplitRows> ahead_;  // rows that came with the header
};

}  // namespace

std::string too_long_reason(const SplitRows::TooLong& row) {
  return fmt::format("the row has {} bytes; its first {} are kept", row.bytes, row.head.size());
}

Result<std::unique_ptr<RowSplitter>> RowSplitter::open(const ReadableFile& file, const FormatOptions& format,
                                                       SplitOptions options) {
  auto splitter = std::make_unique<FileSplitter>(file, format, options);
  HAUL_TRY_VOID(splitter->start());
  return std::unique_ptr<RowSplitter>(std::move(splitter));
}

}  // namespace haul::ingest
