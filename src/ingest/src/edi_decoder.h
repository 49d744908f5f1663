#pragma once

#include <memory>

#include "haul/ingest/decoder.h"

namespace haul::ingest {

/// As Decoder::make, for events of X12 and EDIFACT. kInvalidInput: a column that no field of the message
/// feeds.
Result<std::unique_ptr<Decoder>> make_edi_decoder(const FormatOptions& options,
                                                  const columnar::Schema& schema);

}  // namespace haul::ingest
