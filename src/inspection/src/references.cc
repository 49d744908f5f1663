#include "references.h"

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "haul/ingest/row_splitter.h"

namespace haul::inspection {
namespace {

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

}  // namespace

Result<void> read_reference(FileSystem& files, const InputFile& file, const columnar::Schema& schema,
                            const std::function<Result<void>(const arrow::RecordBatch&)>& take) {
  HAUL_TRY(opened, files.open_for_read(file.path));
  auto splitter = ingest::RowSplitter::open(*opened, file.format, {});
  if (!splitter) return fail(with_context(std::move(splitter).error(), file.shown_name));
  auto decoder = ingest::Decoder::make((*splitter)->row_format(), schema, (*splitter)->header());
  if (!decoder) return fail(with_context(std::move(decoder).error(), file.shown_name));
  for (bool last = false; !last;) {
    HAUL_TRY(rows, (*splitter)->next());
    last = rows.last;
    if (!rows.too_long.empty()) {
      return fail(unreadable(file, rows.too_long.front().line, too_long_reason(rows.too_long.front())));
    }
    HAUL_TRY(decoded, (*decoder)->decode(rows.view()));
    if (!decoded.rejected.empty()) {
      const ingest::RejectedRow& first = decoded.rejected.front();
      return fail(unreadable(file, rows.lines[first.row], first.reason));
    }
    HAUL_TRY_VOID(take(*decoded.rows));
  }
  return {};
}

const ReferenceFile* find_reference(const FileCheck& check, std::string_view dataset) {
  for (const ReferenceFile& reference : check.references) {
    if (without_layer(reference.dataset) == without_layer(dataset)) return &reference;
  }
  return nullptr;
}

}  // namespace haul::inspection
