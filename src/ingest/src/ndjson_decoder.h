#pragma once

#include <memory>

#include "haul/ingest/decoder.h"

namespace haul::ingest {

/// As Decoder::make, for NDJSON.
Result<std::unique_ptr<Decoder>> make_ndjson_decoder(const FormatOptions& options,
                                                     const columnar::Schema& schema);

}  // namespace haul::ingest
