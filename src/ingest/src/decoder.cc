#include "haul/ingest/decoder.h"

#include <array>
#include <utility>

#include "csv_decoder.h"
#include "edi_decoder.h"
#include "epcis_decoder.h"
#include "ndjson_decoder.h"

namespace haul::ingest {
namespace {

constexpr std::array<std::pair<Format, std::string_view>, 8> kFormats = {{{Format::kNdjson, "ndjson"},
                                                                          {Format::kCsv, "csv"},
                                                                          {Format::kJson, "json"},
                                                                          {Format::kParquet, "parquet"},
                                                                          {Format::kArrow, "arrow"},
                                                                          {Format::kX12, "x12"},
                                                                          {Format::kEdifact, "edifact"},
                                                                          {Format::kEpcis, "epcis"}}};

Result<std::unique_ptr<Decoder>> make_for(const FormatOptions& options, DecodeTarget target,
                                          std::string_view header) {
  HAUL_TRY(checked, columnar::from_arrow(*columnar::to_arrow(target.schema)));
  target.schema = std::move(checked);
  if (options.format == Format::kX12 || options.format == Format::kEdifact)
    return make_edi_decoder(options, target.schema);
  if (options.format == Format::kEpcis) return make_epcis_decoder(options, target.schema);
  if (options.format == Format::kCsv) return make_csv_decoder(options, target, header);
  return make_ndjson_decoder(options, target);
}

}  // namespace

std::string_view to_string(Format format) {
  for (const auto& [known, name] : kFormats) {
    if (known == format) return name;
  }
  return "unknown";
}

std::optional<Format> format_named(std::string_view name) {
  for (const auto& [format, known] : kFormats) {
    if (known == name) return format;
  }
  return std::nullopt;
}

Result<std::unique_ptr<Decoder>> Decoder::make(const FormatOptions& options, const columnar::Schema& schema,
                                               std::string_view header) {
  return make_for(options, {schema, {}}, header);
}

Result<std::unique_ptr<Decoder>> Decoder::make(const FormatOptions& options, const contract::Object& object,
                                               std::string_view header) {
  return make_for(options, {object.schema, object.defaults}, header);
}

}  // namespace haul::ingest
