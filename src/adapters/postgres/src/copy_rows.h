#pragma once

#include <memory>
#include <string>

#include "connection.h"
#include "haul/ingest/row_splitter.h"

namespace haul::adapters::postgres {

/// The rows of a COPY that has begun, some megabytes at a time. `connection` outlives it.
[[nodiscard]] std::unique_ptr<ingest::RowSplitter> make_copy_rows(Connection& connection, std::string header);

}  // namespace haul::adapters::postgres
