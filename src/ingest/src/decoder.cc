#include "haul/ingest/decoder.h"

#include "csv_decoder.h"
#include "ndjson_decoder.h"

namespace haul::ingest {
namespace {

Result<std::unique_ptr<Decoder>> make_for(const FormatOptions& options, DecodeTarget target,
                                          std::string_view header) {
  HAUL_TRY(checked, columnar::from_arrow(*columnar::to_arrow(target.schema)));
  target.schema = std::move(checked);
  if (options.format == Format::kCsv) return make_csv_decoder(options, target, header);
  return make_ndjson_decoder(options, target);
}

}  // namespace

Result<std::unique_ptr<Decoder>> Decoder::make(const FormatOptions& options, const columnar::Schema& schema,
                                               std::string_view header) {
  return make_for(options, {schema, {}}, header);
}

Result<std::unique_ptr<Decoder>> Decoder::make(const FormatOptions& options, const contract::Object& object,
                                               std::string_view header) {
  return make_for(options, {object.schema, object.defaults}, header);
}

}  // namespace haul::ingest
