#pragma once

#include <memory>
#include <string>
#include <vector>

#include "edi_format.h"
#include "haul/ingest/key_reader.h"

namespace haul::ingest {

/// As KeyReader::make, for events of X12 and EDIFACT. kInvalidInput: a key column that no field feeds.
Result<std::unique_ptr<KeyReader>> make_edi_key_reader(const FormatOptions& options,
                                                       const std::vector<std::string>& key_columns);

}  // namespace haul::ingest
