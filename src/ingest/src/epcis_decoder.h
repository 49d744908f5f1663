#pragma once

#include <memory>
#include <string>
#include <vector>

#include "haul/ingest/decoder.h"
#include "haul/ingest/key_reader.h"

namespace haul::ingest {

/// As Decoder::make and KeyReader::make, for EPCIS 2.0 events: they are made flat, then read as NDJSON.
/// kInvalidInput: a column that no field feeds.
Result<std::unique_ptr<Decoder>> make_epcis_decoder(const FormatOptions& options,
                                                    const columnar::Schema& schema);
Result<std::unique_ptr<KeyReader>> make_epcis_key_reader(const std::vector<std::string>& key_columns);

}  // namespace haul::ingest
