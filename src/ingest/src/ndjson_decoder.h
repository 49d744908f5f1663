#pragma once

#include <memory>

#include "batch_builder.h"
#include "haul/ingest/decoder.h"

namespace haul::ingest {

/// As Decoder::make, for NDJSON.
Result<std::unique_ptr<Decoder>> make_ndjson_decoder(const FormatOptions& options,
                                                     const DecodeTarget& target);

}  // namespace haul::ingest
