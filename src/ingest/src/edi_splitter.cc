#include "edi_splitter.h"

#include <algorithm>

#include "edi_format.h"

namespace haul::ingest {
namespace {

/// Rows repeat their headings, so that a chunk gives many times its bytes: smaller chunks than for lines.
constexpr std::uint32_t kChunkBytesMax = 1U << 20U;

void append(edi::ReaderOutput output, SplitRows& rows) {
  for (const edi::Row& row : output.rows) {
    const auto bytes = as_bytes(row.bytes);
    rows.bytes.insert(rows.bytes.end(), bytes.begin(), bytes.end());
    rows.ends.push_back(static_cast<std::int32_t>(rows.bytes.size()));
    rows.lines.push_back(row.segment);
  }
  for (edi::Refusal& refusal : output.refusals) {
    rows.too_long.push_back({.line = refusal.segment,
                             .bytes = refusal.bytes,
                             .head = std::move(refusal.head),
                             .rule = std::move(refusal.rule),
                             .reason = std::move(refusal.reason)});
  }
}

}  // namespace

edi::ReaderOptions reader_options(const FormatOptions& format, std::uint32_t row_bytes_max) {
  return {standard_of(format.format).value(), format.message, row_bytes_max};
}

EdiSplitter::EdiSplitter(std::unique_ptr<ByteStream> stream, const FormatOptions& format,
                         SplitOptions options)
    : stream_(std::move(stream)), format_(format), reader_(reader_options(format, options.row_bytes_max)) {
  chunk_.resize(std::min(options.chunk_bytes, kChunkBytesMax));
}

Result<SplitRows> EdiSplitter::next() {
  SplitRows rows;
  rows.ends.push_back(0);
  HAUL_TRY(bytes, stream_->read(std::as_writable_bytes(std::span(chunk_))));
  append(reader_.feed(std::string_view(chunk_).substr(0, bytes)), rows);
  rows.last = stream_->at_end();
  if (rows.last) append(reader_.finish(), rows);
  rows.read_bytes = stream_->file_bytes();
  return rows;
}

}  // namespace haul::ingest
