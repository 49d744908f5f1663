#include "haul/ingest/decoder.h"

#include "csv_decoder.h"
#include "ndjson_decoder.h"

namespace haul::ingest {

Result<std::unique_ptr<Decoder>> Decoder::make(const FormatOptions& options, const columnar::Schema& schema,
                                               std::string_view header) {
  HAUL_TRY(checked, columnar::from_arrow(*columnar::to_arrow(schema)));
  if (options.format == Format::kCsv) return make_csv_decoder(options, checked, header);
  return make_ndjson_decoder(options, checked);
}

}  // namespace haul::ingest
