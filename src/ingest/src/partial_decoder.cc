#include "partial_decoder.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>

#include "batch_builder.h"
#include "haul/base/check.h"
#include "haul/base/json.h"
#include "haul/query/cell.h"

namespace haul::ingest {
namespace {

constexpr std::string_view kTypeRule = "type.";
/// A batch with more different sets of failed columns keeps no decoded text for the rest of its rows.
constexpr int kPassesMax = 16;

/// Raw rows that were copied together.
class PickedRows {
 public:
  void add(std::string_view row) {
    bytes_ += row;
    ends_.push_back(static_cast<std::int32_t>(bytes_.size()));
  }
  [[nodiscard]] RawRows view() const { return {ends_, std::as_bytes(std::span(bytes_))}; }

 private:
  std::vector<std::int32_t> ends_{0};
  std::string bytes_;
};

}  // namespace

DecodedText::DecodedText(const columnar::Schema& schema) {
  for (const columnar::Column& column : schema.columns) {
    if (column.privacy == columnar::Privacy::kPersonal) personal_.push_back(column.name);
  }
  std::sort(personal_.begin(), personal_.end());
}

std::string DecodedText::of(const arrow::RecordBatch& rows, std::int64_t row) const {
  std::string out = "{";
  for (int column = 0; column < rows.num_columns(); ++column) {
    const std::string& name = rows.column_name(column);
    if (std::binary_search(personal_.begin(), personal_.end(), name)) continue;
    if (out.size() > 1) out += ",";
    append_json_string(out, name);
    out += ":";
    query::append_json(out, *rows.column(column), row);
  }
  return out + "}";
}

Result<void> PartialDecoder::add_decoded(const LandingBatch& batch, const std::vector<RejectedRow>& undecoded,
                                         const DecodedRows& decoded, std::vector<Rejection>& rejections) {
  HAUL_TRY(texts, decode(batch, undecoded));
  std::size_t next_undecoded = 0;
  for (Rejection& rejection : rejections) {
    if (next_undecoded < undecoded.size() && undecoded[next_undecoded].row == rejection.row) {
      rejection.decoded = std::move(texts[next_undecoded++]);
      continue;
    }
    const auto place = std::lower_bound(decoded.row_of.begin(), decoded.row_of.end(), rejection.row);
    HAUL_CHECK(place != decoded.row_of.end() && *place == rejection.row, "a rule rejects decoded rows");
    rejection.decoded = text_.of(*decoded.rows, place - decoded.row_of.begin());
  }
  return {};
}

Result<std::vector<std::optional<std::string>>> PartialDecoder::decode(
    const LandingBatch& batch, const std::vector<RejectedRow>& rejected) {
  std::vector<std::optional<std::string>> texts(rejected.size());
  Failed open;
  for (std::size_t place = 0; place < rejected.size(); ++place) {
    const std::string& rule = rejected[place].rule;
    if (rule.starts_with(kTypeRule)) open[{rule.substr(kTypeRule.size())}].push_back(place);
  }
  for (int pass = 0; pass < kPassesMax && !open.empty(); ++pass) {
    const auto node = open.extract(open.begin());
    const std::vector<std::size_t>& places = node.mapped();
    PickedRows picked;
    for (const std::size_t place : places) picked.add(row_text(batch.rows, rejected[place].row));
    HAUL_TRY(decoder, decoder_without(batch, node.key()));
    HAUL_TRY(decoded, decoder->decode(picked.view()));
    for (std::size_t row = 0; row < decoded.row_of.size(); ++row) {
      texts[places[decoded.row_of[row]]] = text_.of(*decoded.rows, static_cast<std::int64_t>(row));
    }
    for (const RejectedRow& again : decoded.rejected) {
      if (!again.rule.starts_with(kTypeRule)) continue;
      std::vector<std::string> failed = node.key();
      failed.push_back(again.rule.substr(kTypeRule.size()));
      std::sort(failed.begin(), failed.end());
      open[std::move(failed)].push_back(places[again.row]);
    }
  }
  return texts;
}

Result<std::unique_ptr<Decoder>> PartialDecoder::decoder_without(
    const LandingBatch& batch, const std::vector<std::string>& columns) const {
  columnar::Schema rest;
  for (columnar::Column column : schema_.columns) {
    if (std::binary_search(columns.begin(), columns.end(), column.name)) continue;
    column.presence = columnar::Presence::kOptional;
    rest.columns.push_back(std::move(column));
  }
  return Decoder::make(batch.format, rest, batch.header);
}

}  // namespace haul::ingest
