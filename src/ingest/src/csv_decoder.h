#pragma once

#include <memory>
#include <string_view>

#include "batch_builder.h"
#include "haul/ingest/decoder.h"

namespace haul::ingest {

/// As Decoder::make, for CSV.
Result<std::unique_ptr<Decoder>> make_csv_decoder(const FormatOptions& options, const DecodeTarget& target,
                                                  std::string_view header);

/// The names in a header line, in UTF-8. kInvalidInput: not a CSV record, a name twice, a bad option.
Result<std::vector<std::string>> read_csv_header(const CsvOptions& options, std::string_view header);

}  // namespace haul::ingest
