#include "references.h"

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "haul/ingest/row_splitter.h"
#include "ordered_pipeline.h"

namespace haul::inspection {
namespace {

constexpr std::uint32_t kChunkBytes = 1U << 20U;  // of one read: enough pieces for all threads

std::string_view without_layer(std::string_view dataset) {
  constexpr std::string_view kLayer = "silver.";
  if (dataset.starts_with(kLayer)) dataset.remove_prefix(kLayer.size());
  return dataset;
}

Error unreadable(const InputFile& file, std::uint64_t line, std::string_view reason) {
  return {ErrorCode::kInvalidInput,
          fmt::format("{}: line {}: {}; correct the reference, its rows decide about others", file.shown_name,
                      line, reason)};
}

/// Rows of one read, and what they are.
struct Piece {
  ingest::SplitRows rows;
  ingest::DecodedBatch decoded;
};

Result<void> check_readable(const InputFile& file, const Piece& piece) {
  if (!piece.rows.too_long.empty()) {
    const auto& first = piece.rows.too_long.front();
    return fail(unreadable(file, first.line, too_long_reason(first)));
  }
  if (piece.decoded.rejected.empty()) return {};
  const ingest::RejectedRow& first = piece.decoded.rejected.front();
  return fail(unreadable(file, piece.rows.lines[first.row], first.reason));
}

}  // namespace

Result<void> read_reference(FileSystem& files, const ReferenceRead& read,
                            const std::function<Result<void>(const arrow::RecordBatch&)>& take) {
  const InputFile& file = read.file;
  HAUL_TRY(opened, files.open_for_read(file.path));
  auto splitter = ingest::RowSplitter::open(*opened, file.format, {.chunk_bytes = kChunkBytes});
  if (!splitter) return fail(with_context(std::move(splitter).error(), file.shown_name));
  std::vector<std::unique_ptr<ingest::Decoder>> decoders;
  for (std::size_t thread = 0; thread < std::max<std::size_t>(read.threads, 1); ++thread) {
    auto decoder = ingest::Decoder::make((*splitter)->row_format(), read.schema, (*splitter)->header());
    if (!decoder) return fail(with_context(std::move(decoder).error(), file.shown_name));
    decoders.push_back(std::move(*decoder));
  }
  bool ended = false;
  OrderedSteps<Piece> steps;
  steps.produce = [&]() -> Result<std::optional<Piece>> {
    if (ended) return std::optional<Piece>();
    HAUL_TRY(rows, (*splitter)->next());
    ended = rows.last;
    return std::optional(Piece{.rows = std::move(rows), .decoded = {}});
  };
  steps.work = [&](std::size_t thread, Piece& piece) -> Result<void> {
    HAUL_TRY(decoded, decoders[thread]->decode(piece.rows.view()));
    piece.decoded = std::move(decoded);
    return {};
  };
  steps.judge = [&](Piece& piece) { return check_readable(file, piece); };
  steps.consume = [&](Piece piece) { return take(*piece.decoded.rows); };
  return OrderedPipeline<Piece>(std::move(steps), decoders.size()).run();
}

const ReferenceFile* find_reference(const FileCheck& check, std::string_view dataset) {
  for (const ReferenceFile& reference : check.references) {
    if (without_layer(reference.dataset) == without_layer(dataset)) return &reference;
  }
  return nullptr;
}

}  // namespace haul::inspection
