#pragma once

#include <memory>

#include "haul/ingest/row_splitter.h"

namespace haul::ingest {

/// The rows of a Parquet file, an Arrow IPC stream or an Arrow IPC file, each as one line of JSON
/// (json_rows.h), so that the log, bronze and quarantine keep them as they keep every other. A row's line is
/// its number in the file, from 1. Memory: one row group or record batch. kInvalidInput: damaged, cut off, or
/// a column of a type that is not read.
Result<std::unique_ptr<RowSplitter>> open_columnar_splitter(const ReadableFile& file,
                                                            const FormatOptions& format,
                                                            SplitOptions options);

}  // namespace haul::ingest
